import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { AccessPolicy } from '../../domain/access';
import { noticeKinds } from '../../domain/notice';
import type { Settings } from '../../domain/settings';
import { stricter } from '../../domain/target';
import { noPolicy } from '../../policy/none';
import { millisecondsOf } from './notification-schema';
import { configSchema } from './schema';
import { resolveSecretFrom } from './secret-reference';
import { productVersion } from './version';

export { productVersion } from './version';

type Parsed = z.output<ReturnType<typeof configSchema>>;

/** `tenure.yaml`, checked, with its defaults; secrets are still references. */
export interface Config extends Omit<Parsed, 'policyFile'> {
  readonly path: string;
  /** SHA-256 of the file (and the policy file) as read. */
  readonly hash: string;
  /** What the policy says of access; read once, here. */
  readonly access: AccessPolicy;
}

export interface ConfigProblem {
  readonly path: string;
  readonly message: string;
  readonly line?: number;
}

/** Everything that is wrong with a configuration, at once. */
export class ConfigProblems extends Error {
  constructor(
    readonly file: string,
    readonly problems: readonly ConfigProblem[],
  ) {
    super(
      [
        `${file} has ${problems.length} problem${problems.length === 1 ? '' : 's'}:`,
        ...problems.map(
          ({ path: at, line, message }) =>
            `  ${at || '(whole file)'}${line === undefined ? '' : ` (line ${line})`}: ${message}`,
        ),
      ].join('\n'),
    );
    this.name = 'ConfigProblems';
  }
}

/** Reads and checks a configuration file; throws `ConfigProblems`. */
export function loadConfig({
  path: file,
  env = process.env,
}: {
  readonly path: string;
  readonly env?: NodeJS.ProcessEnv;
}): Config {
  const absolute = path.resolve(file);
  const folder = path.dirname(absolute);
  const { value, text, lineOf } = readYaml(absolute);
  const policy = readPolicy(value, folder);
  const parsed = configSchema({
    resolveSecret: resolveSecretFrom({ env, folder }),
    resolvePath: (file) => path.resolve(folder, file),
  }).safeParse(policy.value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => ({
      path: issue.path.join('.'),
      message: issue.message,
      ...lineOf(issue.path),
    }));
    throw new ConfigProblems(absolute, problems);
  }
  const { policyFile: _file, ...config } = parsed.data;
  return {
    ...config,
    store: { url: resolveStoreUrl(config.store.url, folder, env) },
    path: absolute,
    access: noPolicy,
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
    protected: config.safety.protected,
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

/** The API's own account, as far as the configuration tells it. */
export function serviceAccountOf({ auth, ownAccount, id }: Parsed['targets'][number]): string {
  if (ownAccount !== undefined) return ownAccount;
  if ('username' in auth) return auth.username;
  if ('clientId' in auth) return auth.clientId;
  return `token of ${id}`;
}

function readYaml(file: string) {
  if (!existsSync(file))
    throw new ConfigProblems(file, [{ path: '', message: 'there is no such file; tenure init writes a first one' }]);
  const text = readFileSync(file, 'utf8');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new ConfigProblems(
      file,
      document.errors.map((error) => ({ path: '', message: error.message, line: lines.linePos(error.pos[0]).line })),
    );
  }
  const lineOf = (at: readonly PropertyKey[]): { line?: number } => {
    for (let length = at.length; length > 0; length -= 1) {
      const node = document.getIn(at.slice(0, length), true) as { range?: [number, number, number] } | undefined;
      if (node?.range !== undefined && node.range !== null) return { line: lines.linePos(node.range[0]).line };
    }
    return {};
  };
  return { value: document.toJS() as unknown, text, lineOf };
}

function readPolicy(value: unknown, folder: string): { readonly value: unknown; readonly text: string } {
  const policyFile = (value as { policyFile?: unknown } | null)?.policyFile;
  if (typeof policyFile !== 'string') return { value, text: '' };
  if ((value as { policy?: unknown }).policy !== undefined)
    throw new ConfigProblems(folder, [{ path: 'policyFile', message: 'give policy or policyFile, not both' }]);
  const { value: policy, text } = readYaml(path.resolve(folder, policyFile));
  return { value: { ...(value as object), policy }, text };
}

/** A relative SQLite path is taken from the configuration's folder; a URL may be a reference, because it may hold a password. */
function resolveStoreUrl(url: string, folder: string, env: NodeJS.ProcessEnv): string {
  const plain = url.startsWith('${') ? resolveSecretFrom({ env, folder })(url).reveal() : url;
  const file = /^sqlite:(?!\/)(.+)$/.exec(plain)?.[1];
  return file === undefined ? plain : `sqlite:${path.resolve(folder, file)}`;
}
