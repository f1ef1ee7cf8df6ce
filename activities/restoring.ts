import type { AccountId, Grant } from '../domain/account';
import type { RestorePlan } from '../domain/change';
import { sameText } from '../domain/correlation';
import type { TimedEvent } from '../domain/leaver';
import type { RestorableAccount } from '../domain/provisioning';
import type { KnownPerson } from '../store/people';
import { markAtWork } from './access-planning';
import type { PlanRestoreInput } from './contract';
import { type CoreDesk, noticesIn } from './core-desk';
import { momentsOf } from './moment';
import { assignTargets } from './planning';
import { TakenSoFar, type Taken } from './taken';

/** How somebody stands who gets something back; anybody else has had an event since that says otherwise. */
const statusOf = { leaver: ['leaving', 'left'], suspension: ['suspended'] } as const;

/** What the last leaver or suspension of a person took from each account, read from the evidence of it. */
export async function planRestore(desk: CoreDesk, input: PlanRestoreInput): Promise<RestorePlan> {
  const { settings, store } = desk;
  const { of, look = false, eventTime } = input;
  const personId = input.person.id;
  const now = new Date().toISOString();
  if (!look) await markAtWork(desk, { personId, kind: 'restore', at: now });
  const takenSoFar = await TakenSoFar.read(desk, personId);
  // A leaver took over from a suspension: its undo leads back there, and the end of the suspension gives back the rest.
  const leadsTo = of === 'leaver' && takenSoFar.isSuspended ? 'suspended' : 'active';
  if (!look && eventTime !== undefined)
    await store.people.mark({ personId, status: leadsTo, eventTime, from: statusOf[of] });
  const { status, person = input.person } = await knownOf(desk, personId);
  const refused =
    look || status === leadsTo ? undefined : `the person is ${status ?? 'unknown'}: nothing is given back`;
  const givesBack = takenSoFar.givenBackWith(of);
  const taken = takenSoFar.by(givesBack);
  const targets = (await assignTargets(desk, { person })).flatMap((assignment) => {
    const accounts = [...(taken.get(assignment.settings.id) ?? [])].map(restorable(of));
    return accounts.length === 0 ? [] : [{ ...assignment, accounts }];
  });
  const undoes = of === 'leaver' ? await lastLeaver(desk, personId) : undefined;
  return {
    person,
    targets,
    givesBack,
    madeAt: now,
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
