import { movesOf } from '../domain/access';
import type { AccessAssignment, RestorePlan } from '../domain/change';
import type { StepInput, TargetPlan } from '../domain/containment';
import type { HrEventType } from '../domain/event';
import type { TargetAssignment, TimedEvent } from '../domain/leaver';
import type { Person } from '../domain/person';
import type { ChangePreview } from '../domain/provisioning';
import { core, lookAt } from './proxies';

/** An event that would come, or the undo of a person's last leaver. */
export type PlanRequest = { readonly cause: TimedEvent } | { readonly undo: string };

export interface PlanReport {
  readonly targets: readonly (TargetPlan | ChangePreview)[];
  /** What holds for all targets, such as that policy gives this person nothing. */
  readonly remarks: readonly string[];
  /** For an undo: whom and what it takes back. */
  readonly undoes?: RestorePlan['undoes'];
  readonly person?: Person;
}

/** Dry run: what would change on each target, from live reads; changes nothing and charges no budget. */
export async function plan(request: PlanRequest): Promise<PlanReport> {
  if ('undo' in request) return await planOfRestore({ id: request.undo }, 'leaver');
  const { cause } = request;
  const { person } = cause.event.data;
  switch (kindOf(cause.event.type)) {
    case 'access':
      return await planOfAccess(cause);
    case 'restore':
      return await planOfRestore(person, cause.event.type === 'tenure.undo' ? 'leaver' : 'suspension');
    case 'contain':
      return await planOfContainment(person, cause.event.type === 'tenure.suspended');
    case 'nothing':
      return { targets: [], remarks: [`${cause.event.type} changes nothing on any target by itself`] };
  }
}

function kindOf(type: HrEventType): 'access' | 'restore' | 'contain' | 'nothing' {
  if (type === 'tenure.joiner' || type === 'tenure.mover' || type === 'tenure.rehire') return 'access';
  if (type === 'tenure.resumed' || type === 'tenure.undo') return 'restore';
  return type === 'tenure.leaver' || type === 'tenure.suspended' ? 'contain' : 'nothing';
}

async function planOfContainment(person: Person, keepsEntitlements: boolean): Promise<PlanReport> {
  const assignments = await core.assignTargets({ person });
  const targets = await Promise.all(assignments.map((one) => lookAtContainment(one, person)));
  return { targets: keepsEntitlements ? targets.map(withoutStrip) : targets, remarks: [] };
}

/** A suspension takes no entitlement away. */
function withoutStrip(target: TargetPlan): TargetPlan {
  const accounts = target.accounts.map((one) => ({
    ...one,
    would: one.would.filter((what) => !/^(take away|leave) /.test(what)),
  }));
  return { ...target, accounts };
}

async function lookAtContainment(
  assignment: TargetAssignment,
  person: Person,
  only: Pick<StepInput, 'onlyUsernames'> = {},
): Promise<TargetPlan> {
  const target = assignment.settings.id;
  try {
    const input = { ...inputOf(assignment, person), ...only };
    return await lookAt({ target, summary: `Plan on ${target}` }).planTarget(input);
  } catch (failure) {
    const advice = 'Run tenure check for this target.';
    const parked = { reason: 'rejected', detail: detailOf(failure), advice } as const;
    return { target, outcome: 'needs-person', accounts: [], handOver: [], parked };
  }
}

async function planOfAccess(cause: TimedEvent): Promise<PlanReport> {
  const personId = cause.event.subject;
  const kind = cause.event.type === 'tenure.mover' ? 'mover' : 'joiner';
  const plan = await core.planAccess({ kind, request: { personId, cause }, releasedBy: [], look: true });
  const previews = plan.targets.map((assignment) => lookAtAccess(assignment, plan.person, kind, plan.renamesAccounts));
  const dropped = plan.targets.flatMap((assignment) => {
    const { dropped: accounts } = movesOf(assignment.desired, assignment.previously);
    const only = assignment.desired.length === 0 ? {} : { onlyUsernames: accounts.map(({ username }) => username) };
    return accounts.length === 0 ? [] : [lookAtContainment(assignment, plan.person, only)];
  });
  const remarks = [plan.note, plan.refused, plan.held?.why].filter((remark) => remark !== undefined);
  const nothing = plan.targets.length === 0 && remarks.length === 0 ? ['policy gives this person nothing'] : [];
  return { targets: await Promise.all([...previews, ...dropped]), remarks: [...remarks, ...nothing] };
}

async function lookAtAccess(
  assignment: AccessAssignment,
  person: Person,
  purpose: 'joiner' | 'mover',
  renames: boolean,
): Promise<ChangePreview> {
  const target = assignment.settings.id;
  const { desired, previously } = assignment;
  const wanted = Object.fromEntries(desired.map(({ username, grants }) => [username, grants]));
  const { lost } = movesOf(desired, previously);
  const input = { ...inputOf(assignment, person), kind: 'provision', desired, renames, purpose, wanted, lost } as const;
  return await preview(target, () => lookAt({ target, summary: `Plan on ${target}` }).previewChange(input));
}

async function planOfRestore(person: Person, of: 'leaver' | 'suspension'): Promise<PlanReport> {
  const plan = await core.planRestore({ person, of, look: true });
  const targets = await Promise.all(
    plan.targets.map(({ accounts, ...assignment }) => {
      const target = assignment.settings.id;
      const input = { ...inputOf(assignment, plan.person), kind: 'restore', accounts } as const;
      return preview(target, () => lookAt({ target, summary: `Plan on ${target}` }).previewChange(input));
    }),
  );
  const nothing = targets.length === 0 ? ['the evidence knows of nothing that was taken and not given back'] : [];
  return {
    targets,
    remarks: plan.refused === undefined ? nothing : [plan.refused],
    person: plan.person,
    ...(plan.undoes === undefined ? {} : { undoes: plan.undoes }),
  };
}

async function preview(target: string, look: () => Promise<ChangePreview>): Promise<ChangePreview> {
  try {
    return await look();
  } catch (failure) {
    const remarks = [detailOf(failure), 'Run tenure check for this target.'];
    return { target, outcome: 'needs-person', would: [], remarks };
  }
}

function inputOf(assignment: TargetAssignment, person: Person): StepInput {
  const { settings, links, notTheirs, linkedToOthers, protectedUsernames } = assignment;
  return { target: settings.id, person, mode: settings.mode, links, notTheirs, linkedToOthers, protectedUsernames };
}

function detailOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  return (failure.cause as Error | undefined)?.message ?? failure.message;
}
