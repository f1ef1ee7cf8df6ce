import { keysOf } from '../domain/correlation';
import {
  releasersOf,
  type HeldBack,
  type HoldReason,
  type LeaverPlan,
  type LeftBehind,
  type Releases,
  type TargetAssignment,
} from '../domain/leaver';
import type { Person } from '../domain/person';
import type { RemovalPlan } from '../domain/removal';
import { sha256OfJson } from '../store/hash';
import type { AssignTargetsInput, PlanDeletionInput, PlanLeaverInput } from './contract';
import { caller, type CoreDesk, noticesIn } from './core-desk';
import { tellToGiveWay } from './giving-way';
import { later } from './moment';

/** A leaver that comes later than this is looked at by a person first: somebody forgot it, or HR got the year wrong. */
const lateAfterMs = 7 * 24 * 3_600_000;

/** So many are listed by their ids; a head of a thousand has HR's own report. */
const mostLeftBehind = 50;

/** Targets, policy, links, protection and budget as they are when access ends. The budget is charged here, once per flow. */
export async function planLeaver(desk: CoreDesk, input: PlanLeaverInput): Promise<LeaverPlan> {
  const { settings, store } = desk;
  const { request } = input;
  const { person } = request.leaver.event.data;
  const now = new Date().toISOString();
  const targets = await assignTargets(desk, { person });
  const held = await store.together(async () => {
    const reason = standingHold(desk, input, now) ?? (await chargeBudget(desk, input, targets, now));
    if (reason === undefined) await store.people.mark({ personId: person.id, status: 'leaving' }); // a rehire would have ended this flow
    return reason;
  });
  // After the status is marked: a joiner that is planned now sees it, and one that was planned before is found here.
  const supersedes = held === undefined ? await tellToGiveWay(desk, person.id) : [];
  const left = held === undefined ? await leftBehind(desk, person) : undefined;
  const { employmentEndsAt } = request.leaver.moments;
  const retainedFrom = employmentEndsAt !== undefined && employmentEndsAt > now ? employmentEndsAt : now;
  return {
    targets,
    policy: settings.leaver,
    retentionEndsAt: later(retainedFrom, settings.leaver.retention),
    madeAt: now,
    configHash: settings.configHash,
    version: settings.version,
    ...noticesIn(settings),
    ...(held === undefined ? {} : { held }),
    ...(supersedes.length === 0 ? {} : { supersedes }),
    ...(left === undefined ? {} : { leftBehind: left }),
  };
}

/** Who has to get another manager or sponsor, as the last HR events describe them. */
async function leftBehind({ store }: CoreDesk, person: Person): Promise<LeftBehind | undefined> {
  const people = await store.people.relyingOn({ person, limit: mostLeftBehind + 1 });
  if (people.length === 0) return undefined;
  return { people: people.slice(0, mostLeftBehind), more: people.length > mostLeftBehind };
}

/** Every target with what is known of the person there; `alsoNamed` are user names that the keys of a target may not cover. */
export async function assignTargets(
  { settings, store }: CoreDesk,
  { person, alsoNamed = {} }: AssignTargetsInput,
): Promise<readonly TargetAssignment[]> {
  const links = await store.links.of({ personId: person.id });
  const tombstones = await store.links.tombstones({ personId: person.id });
  const usernames = Object.fromEntries(
    settings.targets.map(({ id, correlation }) => [
      id,
      [...keysOf(person, correlation).username, ...(alsoNamed[id] ?? [])],
    ]),
  );
  const others = await store.links.ofOthers({ personId: person.id, usernames });
  return settings.targets.map((target) => ({
    settings: target,
    links: links
      .filter((link) => link.targetId === target.id)
      .map((link) => ({ id: link.accountId, username: link.username })),
    notTheirs: tombstones.filter((one) => one.targetId === target.id).map((one) => one.accountId),
    linkedToOthers: others.filter((link) => link.targetId === target.id).map((link) => link.accountId),
    protectedUsernames: settings.protected.accounts
      .filter((one) => one.target === target.id)
      .map((one) => one.username),
  }));
}

/** Reasons that do not depend on the budget; undefined when there is none or enough people released it. */
function standingHold(
  desk: CoreDesk,
  { request, accessEndsAt, urgent, ...releases }: PlanLeaverInput,
  now: string,
): HeldBack | undefined {
  const lateMs = Date.parse(now) - Date.parse(accessEndsAt);
  const isLate = !urgent && lateMs > lateAfterMs && releasersOf(releases, 'late').length === 0;
  const late = isLate
    ? {
        why: `access should have ended ${Math.floor(lateMs / 86_400_000)} days ago, at ${accessEndsAt}: somebody must confirm that`,
        releasesNeeded: 1,
        reasons: ['late'] as const,
      }
    : undefined;
  const holds = [protectedHold(desk, request.personId, releases), late].filter((one) => one !== undefined);
  if (holds.length === 0) return undefined;
  return {
    why: holds.map(({ why }) => why).join('; '),
    releasesNeeded: Math.max(...holds.map(({ releasesNeeded }) => releasesNeeded)),
    reasons: holds.flatMap(({ reasons }): readonly HoldReason[] => reasons ?? []),
  };
}

/** Whatever the flow: a protected person takes two people. */
export function protectedHold({ settings }: CoreDesk, personId: string, releases: Releases): HeldBack | undefined {
  if (!settings.protected.people.includes(personId) || releasersOf(releases, 'protected').length >= 2) return undefined;
  const why = 'the person is protected (safety.protected.people): two people must release it';
  return { why, releasesNeeded: 2, reasons: ['protected'] };
}

/**
 * Charges the one budget over every trigger, or says what holds the flow back. Only who was shown that the budget is used
 * up lets a flow over it.
 */
export async function chargeBudget(
  { settings, store }: CoreDesk,
  { urgent, ...releases }: Releases & { readonly urgent: boolean },
  targets: readonly TargetAssignment[],
  now: string,
): Promise<HeldBack | undefined> {
  if (targets.every((target) => target.settings.mode === 'observe')) return undefined; // nothing will change
  const { workflowId, runId } = caller();
  const flowId = `${workflowId}/${runId}`;
  const by = releasersOf(releases, 'budget');
  const answer =
    by.length > 0
      ? await store.budget.release({ flowId, at: now, by, reason: 'released by people', urgent })
      : await store.budget.charge({ flowId, at: now, urgent, limits: settings.budget });
  return answer.charged ? undefined : { why: answer.held, releasesNeeded: 1, reasons: ['budget'] };
}

/** The exact removal that people are asked for; its hash is what they approve, and it names this run of this flow. */
export function planDeletion(
  _desk: CoreDesk,
  input: PlanDeletionInput,
): { plan: RemovalPlan; planHash: string; deadline: string } {
  const madeAt = new Date().toISOString();
  const { personId, round, targets, notReady, window } = input;
  const plan: RemovalPlan = { ...caller(), personId, round, madeAt, targets, notReady };
  return { plan, planHash: sha256OfJson(plan), deadline: later(madeAt, window) };
}
