import type { AccountId, BeforeImage, Grant, TargetId } from '../domain/account';
import type { RestorePlan } from '../domain/change';
import { sameText } from '../domain/correlation';
import type { EvidenceEntry } from '../domain/evidence';
import type { TimedEvent } from '../domain/leaver';
import type { RestorableAccount } from '../domain/provisioning';
import type { KnownPerson } from '../store/people';
import { markAtWork } from './access-planning';
import type { PlanRestoreInput } from './contract';
import { type CoreDesk, noticesIn } from './core-desk';
import { momentsOf } from './moment';
import { assignTargets } from './planning';

interface Taken {
  readonly username: string;
  /** The first that is known: a second run of a leaver finds what the first one left. */
  before?: BeforeImage;
  removed: Grant[];
  lost: string[];
}
type TakenByTarget = Map<TargetId, Map<AccountId, Taken>>;

/** How somebody stands who gets something back; anybody else has had an event since that says otherwise. */
const statusOf = { leaver: ['leaving', 'left'], suspension: ['suspended'] } as const;

/** What the last leaver or suspension of a person took from each account, read from the evidence of it. */
export async function planRestore(desk: CoreDesk, input: PlanRestoreInput): Promise<RestorePlan> {
  const { settings, store } = desk;
  const { of, look = false, eventTime } = input;
  const personId = input.person.id;
  const now = new Date().toISOString();
  if (!look) await markAtWork(desk, { personId, kind: 'restore', at: now });
  if (!look && eventTime !== undefined)
    await store.people.mark({ personId, status: 'active', eventTime, from: statusOf[of] });
  const { status, person = input.person } = await knownOf(desk, personId);
  const refused =
    look || status === 'active' ? undefined : `the person is ${status ?? 'unknown'}: nothing is given back`;
  const taken = await takenFrom(desk, personId, of);
  const targets = (await assignTargets(desk, { person })).flatMap((assignment) => {
    const accounts = [...(taken.get(assignment.settings.id) ?? [])].map(restorable(of));
    return accounts.length === 0 ? [] : [{ ...assignment, accounts }];
  });
  const undoes = of === 'leaver' ? await lastLeaver(desk, personId) : undefined;
  return {
    person,
    targets,
    configHash: settings.configHash,
    version: settings.version,
    ...noticesIn(settings),
    ...(refused === undefined ? {} : { refused }),
    ...(undoes === undefined ? {} : { undoes }),
  };
}

async function knownOf({ store }: CoreDesk, personId: string): Promise<Partial<KnownPerson>> {
  return (await store.people.get({ personId })) ?? {};
}

async function takenFrom({ store }: CoreDesk, personId: string, of: 'leaver' | 'suspension'): Promise<TakenByTarget> {
  const taken: TakenByTarget = new Map();
  for await (const entry of store.evidence.entries({ personId })) {
    if (givesBack(entry)) taken.clear();
    else if (entry.kind === 'step' && entry.workflowId.startsWith(`${of}:`)) note(taken, entry);
  }
  return taken;
}

/** From here on nothing of what was taken before is missing any more. */
function givesBack({ kind, workflowId, outcome }: EvidenceEntry): boolean {
  const gives = workflowId.startsWith('restore:') || workflowId.startsWith('joiner:');
  return kind === 'flow' && gives && ['undone', 'complete', 'complete-with-exceptions'].includes(outcome);
}

function note(taken: TakenByTarget, entry: EvidenceEntry): void {
  const { target, step, outcome, data } = entry;
  if (target === undefined) return;
  const accounts = taken.get(target) ?? new Map<AccountId, Taken>();
  taken.set(target, accounts);
  if (step === 'drainSessions') return noteLost(accounts, data as DrainData | undefined);
  const { account } = entry;
  if (account === undefined) return;
  const one = accounts.get(account.id) ?? { username: account.username ?? account.id, removed: [], lost: [] };
  accounts.set(account.id, one);
  if (step === 'disableAccounts' && isImage(entry.before)) one.before ??= entry.before;
  if (step === 'stripEntitlements') one.removed.push(...((data as { removed?: Grant[] } | undefined)?.removed ?? []));
  if (step === 'deleteAccounts' && outcome === 'done') one.lost.push('the account itself: it was deleted');
}

interface DrainData {
  readonly accounts?: readonly { readonly id: AccountId }[];
  readonly ended?: Readonly<Record<string, number>>;
}

/** Ended sessions and revoked credentials belong to the accounts of the step; they are named, never restored. */
function noteLost(accounts: Map<AccountId, Taken>, data: DrainData | undefined): void {
  const first = data?.accounts?.[0];
  const one = first === undefined ? undefined : accounts.get(first.id);
  one?.lost.push(...Object.keys(data?.ended ?? {}).map((key) => `${key.replace('/', ' ')} was ended`));
}

function isImage(before: unknown): before is BeforeImage {
  return typeof before === 'object' && before !== null && 'account' in before;
}

/** What the image shows and no evidence says was taken may have been taken by an attempt that was cut off. */
function restorable(of: PlanRestoreInput['of']) {
  return ([id, { username, before, removed, lost }]: [AccountId, Taken]): RestorableAccount => {
    const held = of === 'leaver' ? (before?.grants ?? []).filter((grant) => !removed.some(isSame(grant))) : [];
    return { id, username, removed: [...removed, ...held], lost, ...(before === undefined ? {} : { before }) };
  };
}

/** By name too: two surfaces of one system may number the same group differently (Delinea REST and SCIM). */
function isSame({ entitlement: a }: Grant) {
  return ({ entitlement: b }: Grant) => a.kind === b.kind && (a.id === b.id || sameText(a.name, b.name));
}

async function lastLeaver({ settings, store }: CoreDesk, personId: string): Promise<TimedEvent | undefined> {
  const last = (await store.events.of({ personId })).findLast(
    ({ event, verdict }) => event.type === 'tenure.leaver' && verdict === 'new',
  );
  if (last === undefined) return undefined;
  const { event, hash, receivedAt } = last;
  return { event, receivedAt, eventHash: hash, moments: momentsOf(event, settings.defaultTimeZone) };
}
