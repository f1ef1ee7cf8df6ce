import { createHash } from 'node:crypto';
import path from 'node:path';
import type { z } from 'zod';
import { noticeKinds } from '../../domain/notice';
import type { Settings } from '../../domain/settings';
import { stricter } from '../../domain/target';
import { crossCheck, type PathProblem } from '../../policy/cross-check';
import { personFieldsOf, problemAt } from '../../policy/load';
import { openPolicy, type LoadedPolicy } from '../../policy/open';
import { crossProblems } from './cross-problem';
import { millisecondsOf } from './notification-schema';
import { problemIn, problemsWith, readPolicy, readYaml, withPolicyFile } from './policy-part';
import { momentsIn, policyTargets, targetsAsWritten } from './policy-target';
import { ConfigProblems } from './problem';
import { configSchema } from './schema';
import { resolveSecretFrom } from './secret-reference';
import { productVersion } from './version';

export { ConfigProblems, type ConfigProblem } from './problem';
export { productVersion } from './version';

type Parsed = z.output<ReturnType<typeof configSchema>>;

/** `tenure.yaml`, checked, with its defaults; secrets are still references. */
export interface Config extends Omit<Parsed, 'policyFile'> {
  readonly path: string;
  /** SHA-256 of the file (and the policy file) as read. */
  readonly hash: string;
  /** What the policy says of access; read once, here. */
  readonly access: LoadedPolicy;
}

interface ConfigPlace {
  readonly path: string;
  readonly env?: NodeJS.ProcessEnv;
  /** A policy to read instead of the configuration's own, to see whether it would do. */
  readonly policyFile?: string;
}

/** Reads and checks a configuration file and its policy; throws `ConfigProblems`. */
export function loadConfig({ path: file, env = process.env, policyFile }: ConfigPlace): Config {
  const absolute = path.resolve(file);
  const folder = path.dirname(absolute);
  const { text, ...read } = readYaml(absolute);
  const value = policyFile === undefined ? read.value : withPolicyFile(read.value, path.resolve(policyFile));
  const { lineOf } = read;
  const policy = readPolicy({ value, lineOf, folder, isChosen: policyFile !== undefined });
  const store = storeUrlOf(value, { folder, env });
  const momentOf = momentsIn(value);
  const parsed = configSchema({
    resolveSecret: resolveSecretFrom({ env, folder }),
    resolvePath: (file) => path.resolve(folder, file),
    policy: { personFields: personFieldsOf(policy.value), momentOf },
  }).safeParse(policy.value === undefined ? value : { ...(value as object), policy: policy.value });
  const targets = parsed.success ? policyTargets(parsed.data.targets) : targetsAsWritten(value);
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues).flatMap((issue) => problemsWith(issue, { lineOf, policy })),
    ...policy.problems,
    ...[...store.problems, ...crossProblems(value, policy.value)].map((one) => problemIn(one, { lineOf, policy })),
    ...crossCheck(policy.value, targets).map((problem) => policy.name(problemAt(problem, policy))),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigProblems(absolute, problems);
  const { policyFile: _file, ...config } = parsed.data;
  return {
    ...config,
    store: { url: store.url ?? inFolder(config.store.url, folder) },
    path: absolute,
    access: openPolicy({ parsed: config.policy, raw: policy.value, targets, momentOf }),
    hash: createHash('sha256').update(text).update(policy.text).digest('hex'),
  };
}

/** What core activities and flows may know of it. */
export function settingsOf(config: Config): Settings {
  return {
    version: productVersion,
    configHash: config.hash,
    defaultTimeZone: config.defaultTimeZone,
    mode: config.mode,
    targets: config.targets.map((target) => ({
      id: target.id,
      type: target.type,
      system: target.system,
      mode: stricter(config.mode, target.mode),
      correlation: target.correlation,
      serviceAccount: serviceAccountOf(target),
    })),
    leaver: config.policy.leaver as Settings['leaver'],
    budget: config.safety.budget,
    protected: protectedBy(config),
    ...noticesOf(config),
  };
}

/** Whether anybody wants to be told of what; nothing at all when there is no channel. */
function noticesOf({ notifications }: Config): Pick<Settings, 'notices'> {
  const { channels, approvers, remindBefore } = notifications;
  if (channels.length === 0) return {};
  const wanted = new Set(channels.flatMap(({ kinds }) => kinds));
  if (approvers.length > 0) wanted.add('approval-needed');
  return {
    notices: {
      kinds: noticeKinds.filter((kind) => wanted.has(kind)),
      remindBeforeMs: millisecondsOf(remindBefore),
      wantsReason: channels.some(({ include }) => include.includes('reason')),
    },
  };
}

/** By the safety rules and by the policy: both count. */
function protectedBy({ safety, policy }: Config): Settings['protected'] {
  const more = policy.access?.protected;
  return {
    people: [...new Set([...safety.protected.people, ...(more?.people ?? [])])],
    accounts: [...safety.protected.accounts, ...(more?.accounts ?? [])],
  };
}

/** The API's own account, as far as the configuration tells it. */
export function serviceAccountOf({ auth, ownAccount, id }: Parsed['targets'][number]): string {
  if (ownAccount !== undefined) return ownAccount;
  if ('username' in auth) return auth.username;
  if ('clientId' in auth) return auth.clientId;
  return `token of ${id}`;
}

/** The store's URL as written; it may be a reference, because it may hold a password. */
function storeUrlOf(
  value: unknown,
  { folder, env }: { readonly folder: string; readonly env: NodeJS.ProcessEnv },
): { readonly url?: string; readonly problems: readonly PathProblem[] } {
  const { store } = (value ?? {}) as { readonly store?: { readonly url?: unknown } | null };
  const url = store?.url;
  if (typeof url !== 'string') return { problems: [] };
  if (!url.startsWith('${')) return { url: inFolder(url, folder), problems: [] };
  try {
    return { url: inFolder(resolveSecretFrom({ env, folder })(url).reveal(), folder), problems: [] };
  } catch (error) {
    const message = error instanceof Error ? error.message : 'unreadable';
    return { problems: [{ path: ['store', 'url'], message }] };
  }
}

/** A relative SQLite path is taken from the configuration's folder. */
function inFolder(url: string, folder: string): string {
  const file = /^sqlite:(?!\/)(.+)$/.exec(url)?.[1];
  return file === undefined ? url : `sqlite:${path.resolve(folder, file)}`;
}
