import { Unobservable, VendorConflict, VendorIgnoredWrite, VendorRejected } from '../connectors/errors';
import { names } from '../domain/access';
import type { Account, AccountId, Entitlement, Grant } from '../domain/account';
import type { Parked } from '../domain/containment';
import type { EvidenceDraft } from '../domain/evidence';
import type { GrantInput, GrantReport, ProvisionedAccount } from '../domain/provisioning';
import { stricter } from '../domain/target';
import { refusalOf } from './accounts';
import { nameEntitlements, wordsOf, type Named } from './entitlement-names';
import { asError } from './failures';
import { onTarget, type TargetDesk, type TargetRun } from './target-run';

/** What survives a lost attempt: what this step has given, or was about to. */
interface GrantProgress {
  readonly granted: Readonly<Record<AccountId, readonly Entitlement[]>>;
}
interface Granted {
  readonly account: ProvisionedAccount;
  readonly before?: readonly Grant[];
  readonly after?: readonly Grant[];
  readonly given: readonly Entitlement[];
  readonly would: readonly string[];
  readonly handOver: readonly string[];
  readonly ownedByDirectory: boolean;
  readonly parked?: Parked;
  readonly requestIds?: readonly string[];
}
interface Work {
  readonly desk: TargetDesk;
  readonly run: TargetRun<GrantProgress>;
  readonly input: GrantInput;
  readonly granted: Record<AccountId, readonly Entitlement[]>;
  readonly observes: boolean;
}

const step = 'grantEntitlements';

/** Gives each account what it lacks of what policy wants, and reads back that it holds all of it. */
export async function grantEntitlements(desk: TargetDesk, input: GrantInput): Promise<GrantReport> {
  return await onTarget<GrantProgress, GrantReport>(desk, input, async (run) => {
    const observes = stricter(input.mode, desk.mode) === 'observe';
    const work: Work = { desk, run, input, granted: { ...run.saved?.granted }, observes };
    const results: Granted[] = [];
    let failure: Error | undefined;
    for (const account of input.accounts) {
      try {
        results.push({ ...(await grantTo(work, account)), requestIds: run.takeRequestIds() });
      } catch (error) {
        failure ??= asError(error);
        if (run.call.signal.aborted) break;
      }
    }
    if (failure !== undefined) throw failure;
    return report(work, results);
  });
}

async function grantTo(work: Work, known: ProvisionedAccount): Promise<Granted> {
  const { desk, run, input } = work;
  const nothing = { account: known, given: [], would: [], handOver: [], ownedByDirectory: false };
  const wanted = input.wanted[known.serves] ?? [];
  if (wanted.length === 0) return nothing;
  const account = await desk.connector.getAccount(known.id, run.call);
  if (account === undefined) return { ...nothing, parked: goneAccount(desk, known) };
  try {
    const before = await desk.connector.listGrants(account, run.call);
    const missing = wanted.filter((one) => !before.some(({ entitlement }) => names(one, entitlement)));
    const named = await nameEntitlements(desk, run, missing);
    const open = named.flatMap((one) => ('entitlement' in one ? [one.entitlement] : []));
    const would = open.map((one) => `grant ${entitlementWords(one)} to ${account.username}`);
    const said = { ...nothing, before, would, ...whatPeopleDo(account, named) };
    if (work.observes) return said;
    const { refused, ownedBy } = await giveAll(work, account, open);
    const after = open.length === 0 ? before : await desk.connector.listGrants(account, run.call);
    proveHeld({ desk, account, after, open: open.filter((one) => !refused.has(one) && !ownedBy.has(one)) });
    const parked = said.parked ?? [...refused.values()][0];
    return {
      ...said,
      after,
      given: work.granted[account.id] ?? [],
      handOver: [...said.handOver, ...ownedBy.values()],
      ownedByDirectory: ownedBy.size > 0,
      ...(parked === undefined ? {} : { parked }),
    };
  } catch (error) {
    if (error instanceof Unobservable) return { ...nothing, parked: refusalOf(error) };
    throw error;
  }
}

function goneAccount(desk: TargetDesk, { id, username }: ProvisionedAccount): Parked {
  return {
    reason: 'no-account-found',
    detail: `${username} (${id}) is not to be seen on ${desk.id} any more`,
    advice: `Look on ${desk.id} who deleted or hid it. Then resolve with retry, or skip it with a reason.`,
  };
}

function whatPeopleDo({ username }: Account, named: readonly Named[]): Pick<Granted, 'handOver' | 'parked'> {
  const parked = named.flatMap((one) => ('parked' in one ? [one.parked] : []));
  const [first] = parked;
  return {
    handOver: named.flatMap((one) => ('handOver' in one ? [`${username}: ${one.handOver}`] : [])),
    ...(first === undefined ? {} : { parked: { ...first, detail: parked.map(({ detail }) => detail).join('; ') } }),
  };
}

interface Refusals {
  readonly refused: ReadonlyMap<Entitlement, Parked>;
  /** Given by a directory only; in words for whoever has to ask for it there. */
  readonly ownedBy: ReadonlyMap<Entitlement, string>;
}

/** All of it is written down before the first is sent: what a lost reply gave, an undo takes away. */
async function giveAll(work: Work, account: Account, open: readonly Entitlement[]): Promise<Refusals> {
  const { desk, run, granted } = work;
  const refused = new Map<Entitlement, Parked>();
  const ownedBy = new Map<Entitlement, string>();
  if (open.length === 0) return { refused, ownedBy };
  granted[account.id] = distinct([...(granted[account.id] ?? []), ...open]);
  await run.save({ granted });
  for (const entitlement of open) {
    try {
      await desk.connector.grant(account, entitlement, run.call);
    } catch (error) {
      if (!(error instanceof VendorRejected || error instanceof VendorConflict)) throw error;
      if (error.context.ownedByDirectory === true)
        ownedBy.set(
          entitlement,
          `${account.username}: ${entitlementWords(entitlement)} is given by a directory: ask whoever runs it to add the person (${error.message})`,
        );
      else refused.set(entitlement, refusalOf(error));
    }
  }
  const failed = [...refused.keys(), ...ownedBy.keys()];
  granted[account.id] = (granted[account.id] ?? []).filter((one) => !failed.some((other) => isSame(one, other)));
  return { refused, ownedBy };
}

/** The last look covers all of it at once: what one grant gave, another may have taken. */
function proveHeld(seen: {
  readonly desk: TargetDesk;
  readonly account: Account;
  readonly after: readonly Grant[];
  readonly open: readonly Entitlement[];
}): void {
  const { desk, account, after, open } = seen;
  const absent = open.filter((one) => !after.some(({ entitlement }) => isSame(one, entitlement)));
  if (absent.length === 0) return;
  throw new VendorIgnoredWrite(
    `${account.username} does not hold ${absent.map(entitlementWords).join(', ')} after all`,
    {
      target: desk.id,
      operation: 'grant',
    },
  );
}

function report(work: Work, results: readonly Granted[]): GrantReport {
  const parked = results.find((one) => one.parked !== undefined)?.parked;
  const handOver = [
    ...results.flatMap((one) => one.handOver),
    ...(work.observes ? [] : leftOver(work.input, work.desk)),
  ];
  return {
    outcome: outcomeOf(work, results),
    detail: detailOf(work, results),
    ...(parked === undefined ? {} : { parked }),
    ...(handOver.length === 0 ? {} : { handOver }),
    granted: work.observes
      ? {}
      : Object.fromEntries(Object.entries(work.granted).filter(([, given]) => given.length > 0)),
    evidence: evidenceOf(work, results),
  };
}

/** What was to be given to an account that there is not: the step that makes it was refused or skipped. */
function leftOver({ accounts, wanted }: GrantInput, { id }: TargetDesk): readonly string[] {
  return Object.entries(wanted)
    .filter(([serves, grants]) => grants.length > 0 && !accounts.some((account) => account.serves === serves))
    .map(
      ([serves, grants]) =>
        `${serves}: has no account on ${id}, so that ${grants.map(wordsOf).join(', ')} was not given`,
    );
}

function outcomeOf({ observes, input }: Work, results: readonly Granted[]): GrantReport['outcome'] {
  if (observes) return 'observed';
  if (results.some((one) => one.ownedByDirectory)) return 'owned-by-directory';
  if (results.some((one) => one.given.length > 0)) return 'done';
  const wanted = Object.values(input.wanted).flat();
  const handed = results.flatMap((one) => one.handOver).length;
  return wanted.length > 0 && handed >= wanted.length ? 'unsupported' : 'already';
}

function detailOf({ observes, input }: Work, results: readonly Granted[]): string {
  if (observes) {
    const later = Object.entries(input.wanted)
      .filter(([serves]) => !input.accounts.some((account) => account.serves === serves))
      .flatMap(([serves, grants]) => grants.map((one) => `grant ${wordsOf(one)} to ${serves}`));
    const would = [...results.flatMap((one) => one.would), ...later];
    return `mode observe: would ${would.length === 0 ? 'change nothing' : would.join('; ')}`;
  }
  const given = results.flatMap(({ account, given: all }) =>
    all.map((one) => `${entitlementWords(one)} to ${account.username}`),
  );
  const handed = results.flatMap((one) => one.handOver).length;
  return [
    given.length === 0 ? 'all held already' : `gave ${given.join(', ')}`,
    ...(handed === 0 ? [] : [`${handed} left to a person`]),
  ].join('; ');
}

function evidenceOf(work: Work, results: readonly Granted[]): readonly EvidenceDraft[] {
  const drafts = results.map((one) => {
    const { account, before, after, given, handOver, parked, requestIds = [] } = one;
    const { id, username } = account;
    const kept = given.length > 0 ? 'done' : 'already';
    return work.run.draft({
      ...{ step, account: { id, username }, requestIds },
      outcome: work.observes ? 'observed' : parked !== undefined ? 'refused' : kept,
      before: before ?? 'unknown',
      ...(after === undefined ? {} : { after }),
      detail: parked?.detail ?? detailOf({ ...work, input: { ...work.input, wanted: {} } }, [one]),
      data: { serves: account.serves, wanted: work.input.wanted[account.serves] ?? [], granted: given, handOver },
    });
  });
  return drafts.length > 0
    ? drafts
    : [work.run.draft({ step, outcome: outcomeOf(work, []), detail: detailOf(work, []) })];
}

export function entitlementWords({ kind, id, name }: Entitlement): string {
  return wordsOf({ kind, name: name ?? id });
}
export function isSame(a: Entitlement, b: Entitlement): boolean {
  return a.kind === b.kind && a.id === b.id;
}
function distinct(all: readonly Entitlement[]): readonly Entitlement[] {
  return all.filter((one, index) => all.findIndex((other) => isSame(one, other)) === index);
}
