import { givenInEither, movesOf, type DesiredAccess, type DesiredAccount, type DesiredGrant } from '../domain/access';
import {
  approvalKey,
  type AccessAssignment,
  type AccessPlan,
  type ChangeKind,
  type GrantPlan,
  type PlannedGrant,
} from '../domain/change';
import type { HeldBack, Releases, TimedEvent } from '../domain/leaver';
import type { Person } from '../domain/person';
import { sha256OfJson } from '../store/hash';
import type { PlanChangeInput } from './contract';
import { caller, type CoreDesk, noticesIn } from './core-desk';
import { millisecondsOf } from './duration';
import { later } from './moment';
import { assignTargets, chargeBudget, protectedHold } from './planning';
import { describedBefore, lastWordFor, personAsOf } from './standing';

/** What policy gives the person now and gave them before, on targets and links as they are today. */
export async function planAccess(desk: CoreDesk, input: PlanChangeInput): Promise<AccessPlan> {
  const { policy, settings, store } = desk;
  const { kind, request, look = false } = input;
  const { personId, cause } = request;
  const now = new Date().toISOString();
  if (!look) await markAtWork(desk, { personId, kind, at: now });
  const known = await store.people.get({ personId });
  // A review is nobody's word on the person: it takes the last that took effect.
  const isReview = cause.event.type === 'tenure.review';
  const word = look || isReview ? cause.event : await lastWordFor(desk, cause, now);
  const person = isReview ? await personAsOf(desk, { personId, at: now }) : word.data.person;
  const refused = refusalOf(known?.status);
  const timeBoxes = await store.timeBoxes.of({ personId });
  const access = policy.desired({ person, at: now, timeBoxes });
  const previously = await desiredBefore(desk, { ...cause, event: word }, person);
  const approvals = await approvalsFor(desk, input, access.accounts);
  const assigned = await assignmentsOf(desk, person, access.accounts, previously);
  const targets = assigned.map((one) => ({ ...one, privileged: notApproved(one.desired, approvals.kept) }));
  const held = refused === undefined ? await heldBack(desk, input, { access, targets, now }) : undefined;
  const counted = timeBoxesIn(desk, access, targets);
  const mayAct = !look && refused === undefined && held === undefined;
  if (mayAct) await beginToCount(desk, { personId, at: now, timeBoxes: counted.now, overApprovals: approvals.over });
  return {
    person,
    targets,
    renamesAccounts: policy.mover.renamesAccounts,
    overlapEndsAt: later(now, policy.mover.overlap),
    approval: policy.approval,
    policy: settings.leaver,
    madeAt: now,
    configHash: settings.configHash,
    version: settings.version,
    ...noticesIn(settings),
    ...noteOf(desk, input),
    ...(refused === undefined ? {} : { refused }),
    ...(held === undefined ? {} : { held }),
    ...(access.reviewAt === undefined ? {} : { reviewAt: access.reviewAt }),
    ...(counted.whenApproved.length === 0 ? {} : { startWhenApproved: counted.whenApproved }),
  };
}

/**
 * Shows in the store that this flow is about to change something. A leaver marks the person first and looks here
 * then; this looks at the person after it: one of the two always sees the other.
 */
export async function markAtWork(
  { store }: CoreDesk,
  { personId, kind, at }: { readonly personId: string; readonly kind: ChangeKind; readonly at: string },
): Promise<void> {
  await store.flows.upsert({
    ...caller(),
    personId,
    flow: kind,
    state: kind === 'suspension' ? 'containing' : 'changing',
    startedAt: at,
    version: 0,
  });
}

/** In a dry run also when it all would happen: the flow itself shows that. */
function noteOf({ policy }: CoreDesk, { kind, request, look = false }: PlanChangeInput): Pick<AccessPlan, 'note'> {
  if (!policy.isGiven) return { note: 'the configuration has no access policy: nothing is given or taken away' };
  const { lead } = policy.joiner;
  const hasDay = request.cause.event.data.effectiveAt !== undefined;
  if (!look || kind !== 'joiner' || !hasDay || millisecondsOf(lead) === 0) return {};
  return { note: `accounts are made ${lead} before the first day and stay disabled until then` };
}

function refusalOf(status: string | undefined): string | undefined {
  if (status === 'leaving' || status === 'left')
    return 'the person is leaving or has left: access comes back by a rehire or by undo alone';
  return status === 'suspended' ? 'the person is suspended: it is applied when they resume' : undefined;
}

/** Only now is anything given: what stands still for a person does not use up its time. */
async function beginToCount(
  { store }: CoreDesk,
  {
    personId,
    at,
    timeBoxes,
    overApprovals,
  }: {
    readonly personId: string;
    readonly at: string;
    readonly timeBoxes: readonly string[];
    readonly overApprovals: readonly string[];
  },
): Promise<void> {
  await store.timeBoxes.start({ personId, keys: timeBoxes, at });
  await store.grantApprovals.forget({ personId, keys: overApprovals });
}

/** Time-boxed grants that count from now, and those that count from the day when people approve them. */
function timeBoxesIn(
  { policy }: CoreDesk,
  access: DesiredAccess,
  targets: readonly AccessAssignment[],
): { readonly now: readonly string[]; readonly whenApproved: readonly string[] } {
  const asked = new Set(targets.flatMap(({ privileged = [] }) => privileged.map(approvalKey)));
  const keysOf = (isAsked: boolean) => {
    const accounts = access.accounts.map((account) => ({
      ...account,
      grants: account.grants.filter((grant) => asked.has(approvalKey(plannedFor(account, grant))) === isAsked),
    }));
    return policy.timeBoxesOf({ ...access, accounts });
  };
  return { now: keysOf(false), whenApproved: keysOf(true) };
}

/**
 * What people approved for this person and policy still gives. Whoever joins anew is asked for anew, and a flow that
 * was reset, or started again for the same event, uses no decision of the run before.
 */
async function approvalsFor(
  { store }: CoreDesk,
  { request: { personId, cause } }: PlanChangeInput,
  desired: readonly DesiredAccount[],
): Promise<{ readonly kept: ReadonlySet<string>; readonly over: readonly string[] }> {
  const wanted = new Set(
    desired.flatMap((account) => account.grants.map((grant) => approvalKey(plannedFor(account, grant)))),
  );
  const joins = cause.event.type === 'tenure.joiner' || cause.event.type === 'tenure.rehire';
  const { runId } = caller();
  const approvals = await store.grantApprovals.of({ personId });
  const counts = (approval: (typeof approvals)[number]) =>
    approval.runId === runId || (!joins && approval.eventHash !== cause.eventHash);
  const kept = approvals.filter((approval) => wanted.has(approval.key) && counts(approval)).map(({ key }) => key);
  return {
    kept: new Set(kept),
    over: approvals.map(({ key }) => key).filter((key) => !kept.includes(key)),
  };
}

function notApproved(desired: readonly DesiredAccount[], approved: ReadonlySet<string>): readonly PlannedGrant[] {
  return desired
    .flatMap((account) => account.grants.filter((one) => one.privileged).map((grant) => plannedFor(account, grant)))
    .filter((grant) => !approved.has(approvalKey(grant)));
}

function plannedFor({ target, username }: DesiredAccount, { kind, name, because, until }: DesiredGrant): PlannedGrant {
  return { target, account: username, kind, name, because, ...(until === undefined ? {} : { until }) };
}

/** What policy gave before. A review has the same person before and after; what differs is the moment. */
async function desiredBefore(desk: CoreDesk, cause: TimedEvent, person: Person): Promise<readonly DesiredAccount[]> {
  const isReview = cause.event.type === 'tenure.review';
  const timeBoxes = await desk.store.timeBoxes.of({ personId: person.id });
  const at = isReview ? new Date(Date.parse(cause.event.time) - 1000).toISOString() : cause.receivedAt;
  const states = isReview ? [person] : await describedBefore(desk, cause);
  const given = states.map((was) => desk.policy.desired({ person: was, at, timeBoxes }).accounts);
  return given.reduce((newer, older) => givenInEither(newer, older), given[0] ?? []);
}

async function assignmentsOf(
  desk: CoreDesk,
  person: Person,
  desired: readonly DesiredAccount[],
  previously: readonly DesiredAccount[],
): Promise<readonly AccessAssignment[]> {
  const on = (accounts: readonly DesiredAccount[], id: string) => accounts.filter(({ target }) => target === id);
  return (await assignTargets(desk, { person, alsoNamed: namesByTarget([...desired, ...previously]) }))
    .map((assignment) => ({
      ...assignment,
      desired: on(desired, assignment.settings.id),
      previously: on(previously, assignment.settings.id),
    }))
    .filter((one) => one.desired.length > 0 || one.previously.length > 0);
}

/** Policy may write user names that correlation does not look for; an account of such a name may be somebody else's. */
function namesByTarget(accounts: readonly DesiredAccount[]): Record<string, string[]> {
  const byTarget: Record<string, string[]> = {};
  for (const { target, username } of accounts) (byTarget[target] ??= []).push(username);
  return byTarget;
}

async function heldBack(
  desk: CoreDesk,
  input: PlanChangeInput,
  {
    access,
    targets,
    now,
  }: { readonly access: DesiredAccess; readonly targets: readonly AccessAssignment[]; readonly now: string },
): Promise<HeldBack | undefined> {
  const standing = standingHold(desk, input, access);
  return standing !== undefined || input.look === true ? standing : await chargeLosses(desk, input, targets, now);
}

/** Rules that cannot be evaluated, and protected people: nothing is given or taken away before somebody has looked. */
function standingHold(
  desk: CoreDesk,
  { request, ...releases }: PlanChangeInput,
  { problems }: DesiredAccess,
): HeldBack | undefined {
  if (problems.length > 0) {
    const why = `the policy cannot be evaluated for this person: ${problems.join('; ')}. Mend it, restart the core worker, then release`;
    const { releasedBy, releasedFor } = releases;
    // An older flow counts all words together and would ask again and again without waiting for one.
    const releasesNeeded = releasedFor === undefined ? releasedBy.length + 1 : 1;
    return { why: why.slice(0, 1000), releasesNeeded, reasons: ['policy'] };
  }
  return protectedHold(desk, request.personId, releases);
}

/** A mover that takes something away counts in the one budget: a wrong feed must not strip a department. */
async function chargeLosses(
  desk: CoreDesk,
  releases: Releases,
  targets: readonly AccessAssignment[],
  now: string,
): Promise<HeldBack | undefined> {
  const losing = targets.filter(losesAnything);
  return losing.length === 0 ? undefined : await chargeBudget(desk, { ...releases, urgent: false }, losing, now);
}

/** An account that is dropped is contained like a leaver's; one that is called otherwise now is still the same one. */
function losesAnything({ desired, previously }: AccessAssignment): boolean {
  const { dropped, lost } = movesOf(desired, previously);
  return dropped.length > 0 || Object.values(lost).some((grants) => grants.length > 0);
}

/** The exact privileged entitlements that people are asked for. */
export function planGrants(
  _desk: CoreDesk,
  {
    personId,
    round,
    grants,
    window,
  }: {
    readonly personId: string;
    readonly round: number;
    readonly grants: readonly PlannedGrant[];
    readonly window: string;
  },
): { plan: GrantPlan; planHash: string; deadline: string } {
  const madeAt = new Date().toISOString();
  const plan: GrantPlan = { ...caller(), personId, round, madeAt, grants };
  return { plan, planHash: sha256OfJson(plan), deadline: later(madeAt, window) };
}
