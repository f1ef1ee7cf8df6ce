import { patched } from '@temporalio/workflow';
import { compareEvents } from '../domain/event';
import type { LegalHold, TimedEvent } from '../domain/leaver';
import type { HrAnswer } from './hr-desk';
import type { LeaverFlow } from './leaver-flow';

/** What HR says while a leaver runs: moved, called off, held, or overtaken by a rehire or an undo. */
export function hearAsLeaver(run: LeaverFlow, timed: TimedEvent): HrAnswer | 'afterwards' | 'undecided' {
  switch (timed.event.type) {
    case 'tenure.leaver':
      return moveDate(run, timed);
    case 'tenure.leaver.cancelled':
      return callOff(run, timed);
    case 'tenure.hold':
      return hold(run, timed);
    case 'tenure.hold.released':
      return liftHold(run);
    case 'tenure.rehire':
    case 'tenure.joiner':
      return comeBack(run, timed);
    case 'tenure.undo':
      return undo(run, timed);
    default:
      // Called off, or a rehire or undo takes over: it is said of what comes then.
      if (run.case.isEnding && patched('said-of-what-comes-then')) return 'afterwards';
      // It may still be called off, and then this counts.
      if (run.case.isPlanning && patched('undecided-while-it-plans')) return 'undecided';
      return {
        outcome: 'too-late',
        detail: run.case.containmentBegan
          ? 'access has ended: nothing is given or changed; it comes back by a rehire or by undo alone'
          : 'the person is about to leave; it was kept and is used when access ends',
      };
  }
}

function moveDate(run: LeaverFlow, { event, moments, receivedAt, order }: TimedEvent): HrAnswer | 'afterwards' {
  const { case: flow } = run;
  flow.lastOrder = order ?? flow.lastOrder;
  if (compareEvents(event, flow.lastWord) > 0) flow.lastWord = event;
  if (flow.isEnding && patched('leaver-after-the-end')) {
    flow.leavesAgain = true;
    return 'afterwards';
  }
  if (event.data.urgent === true && !flow.hasBegun) {
    flow.eventIds.push(event.id);
    flow.urgent = true;
    flow.accessEndsAt = receivedAt;
    return { outcome: 'applied', detail: 'urgent: access ends now' };
  }
  flow.eventIds.push(event.id);
  if (moments.accessEndsAt === undefined) return { outcome: 'needs-person', detail: 'it names no end of access' };
  if (flow.hasBegun) {
    const later = !flow.clock.hasCome(moments.accessEndsAt);
    return later
      ? {
          outcome: 'needs-person',
          detail: `access has ended already; HR now says ${moments.accessEndsAt}. Access comes back by undo alone`,
        }
      : { outcome: 'too-late', detail: 'access has ended already' };
  }
  if (flow.rescheduledBy !== undefined) {
    return {
      outcome: 'needs-person',
      detail: `${flow.rescheduledBy} set the end of access to ${flow.accessEndsAt}; HR now says ${moments.accessEndsAt}. Send reschedule with the right one`,
    };
  }
  if (flow.isPlanning && !flow.clock.hasCome(moments.accessEndsAt) && patched('moved-while-it-ends')) {
    // Whoever had to stop for it goes on, and another leaver waits for the new day.
    run.endUnchanged({ by: `HR event ${event.id}`, reason: `access is to end at ${moments.accessEndsAt}` });
    flow.leavesAgain = true;
    return 'afterwards';
  }
  flow.accessEndsAt = moments.accessEndsAt;
  return { outcome: 'applied', detail: `access ends at ${moments.accessEndsAt}` };
}

function callOff(run: LeaverFlow, { event }: TimedEvent): HrAnswer | 'afterwards' {
  const { case: flow } = run;
  if (flow.leavesAgain) return 'afterwards'; // it is about the leaver that comes next
  const { cancels } = event.data;
  if (cancels !== undefined && cancels !== flow.request.leaver.event.id && !flow.eventIds.includes(cancels)) {
    return { outcome: 'too-late', detail: `it cancels ${cancels}, which is not the leaver that runs` };
  }
  const begun = flow.accessEnded;
  const detail = run.cancel({ by: `HR event ${event.id}`, reason: 'HR cancelled the leaver' });
  return { outcome: begun ? 'needs-person' : 'applied', detail };
}

function hold(run: LeaverFlow, { event }: TimedEvent): HrAnswer {
  const { by } = (run.case.legalHold = holdOf(event.id, event.data.requestedBy, event.data));
  const cutOff = run.case.deletionStopped !== undefined ? [] : run.cutOffDeletions(`legal hold ${event.id} (${by})`);
  const underWay = cutOff.length === 0 ? '' : `; a deletion that was under way on ${cutOff.join(', ')} is cut off`;
  return { outcome: 'applied', detail: `nothing is deleted until the hold is lifted; disabling goes on${underWay}` };
}

function liftHold({ case: flow }: LeaverFlow): HrAnswer {
  const had = flow.legalHold !== undefined;
  flow.legalHold = undefined;
  return { outcome: 'applied', detail: had ? 'the hold is lifted' : 'there was no hold' };
}

/** Back: the leaver ends, and the joiner that follows gives access by policy, whatever was taken by then. */
function comeBack(run: LeaverFlow, { event }: TimedEvent): HrAnswer | 'afterwards' {
  const { lastWord } = run.case;
  // A joiner at work gave it back when it had to stop for this very leaver: it is no word against it.
  if (compareEvents(event, lastWord) < 0)
    return { outcome: 'too-late', detail: `${lastWord.id}, which is later, says that they leave` };
  const by = `HR event ${event.id}`;
  if (!run.case.containmentBegan) {
    run.endUnchanged({ by, reason: 'rehired before the end of access' });
    return 'afterwards';
  }
  run.giveWay({ outcome: 'kept-disabled', by, reason: 'rehired: access comes back by policy' });
  return 'afterwards';
}

function undo(run: LeaverFlow, { event, order }: TimedEvent): HrAnswer | 'afterwards' {
  if (run.case.leavesAgain) return 'afterwards';
  const { lastOrder, lastWord } = run.case;
  // It had to wait for a joiner at work, say, and means what was before. An operator's clock is not HR's: the order counts.
  if (order !== undefined && lastOrder !== undefined && order < lastOrder)
    return { outcome: 'too-late', detail: `it was said before ${lastWord.id}, which says that they leave` };
  const by = event.data.requestedBy?.email ?? event.data.requestedBy?.id ?? 'an operator';
  if (!run.case.containmentBegan) {
    run.endUnchanged({ by, reason: 'undone before the end of access' });
    if (run.case.accessEnded) return 'afterwards'; // by the run before: what it took is given back
    return { outcome: 'applied', detail: 'undone before the end of access: the leaver ends, nothing was changed' };
  }
  run.giveWay({ outcome: 'undone', by, reason: 'undone: access is given back from the before-images' });
  return 'afterwards';
}

export function holdOf(
  eventId: string,
  by: { id?: string; email?: string } | undefined,
  data: { readonly [field: string]: unknown },
): LegalHold {
  const reviewAt = data['reviewAt'];
  return {
    eventId,
    by: by?.email ?? by?.id ?? 'HR',
    reason: typeof data['reason'] === 'string' ? data['reason'] : 'no reason given',
    ...(typeof reviewAt === 'string' ? { reviewAt } : {}),
  };
}
