import { condition, setHandler } from '@temporalio/workflow';
import type { LegalHold, TimedEvent } from '../domain/leaver';
import type { LeaverFlow } from './leaver-flow';
import { isTimedEvent } from './guards';
import { flowEventSignal } from './messages';

type Answer = { readonly outcome: 'applied' | 'too-late' | 'needs-person'; readonly detail: string };

/** What HR says while a leaver runs; `person` alone forwards it. Each event is answered for in the evidence. */
export class HrDesk {
  readonly #events: TimedEvent[] = [];
  #closed = false;

  constructor(private readonly flow: LeaverFlow) {
    setHandler(flowEventSignal, (raw: unknown) => {
      if (isTimedEvent(raw)) this.#events.push(raw);
      else this.flow.case.remark('A signal `hr` was ignored: only the person workflow sends it.');
    });
  }

  async keep(): Promise<void> {
    for (;;) {
      await condition(() => this.#events.length > 0 || this.#closed);
      const timed = this.#events.shift();
      if (timed === undefined) return;
      this.take(timed);
    }
  }

  close(): void {
    this.#closed = true;
  }

  /** Events that came while the flow was closing: they go back to `person`, which decides afresh. */
  takeUnread(): readonly TimedEvent[] {
    return this.#events.splice(0);
  }

  private take(timed: TimedEvent): void {
    const { event, eventHash } = timed;
    const { outcome, detail } = this.answer(timed);
    this.flow.note([
      {
        kind: 'event',
        at: new Date().toISOString(),
        step: event.type,
        outcome,
        detail: `${event.id}: ${detail}`,
        eventHash,
      },
    ]);
    if (outcome !== 'applied') this.flow.case.remark(`HR event ${event.id} (${event.type}): ${detail}`);
    this.flow.book.chapter();
    this.flow.changed();
  }

  private answer(timed: TimedEvent): Answer {
    switch (timed.event.type) {
      case 'tenure.leaver':
        return this.moveDate(timed);
      case 'tenure.leaver.cancelled':
        return this.callOff(timed);
      case 'tenure.hold':
        return this.hold(timed);
      case 'tenure.hold.released':
        return this.liftHold();
      case 'tenure.rehire':
        return this.rehire(timed);
      default:
        return {
          outcome: 'needs-person',
          detail: `a leaver is running; ${timed.event.type} has to be looked at by a person`,
        };
    }
  }

  private moveDate({ event, moments, receivedAt }: TimedEvent): Answer {
    const { case: flow } = this.flow;
    if (event.data.urgent === true && !flow.containmentBegan) {
      flow.eventIds.push(event.id);
      flow.urgent = true;
      flow.accessEndsAt = receivedAt;
      return { outcome: 'applied', detail: 'urgent: access ends now' };
    }
    flow.eventIds.push(event.id);
    if (moments.accessEndsAt === undefined) return { outcome: 'needs-person', detail: 'it names no end of access' };
    if (flow.containmentBegan) {
      const later = Date.parse(moments.accessEndsAt) > Date.now();
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
    flow.accessEndsAt = moments.accessEndsAt;
    return { outcome: 'applied', detail: `access ends at ${moments.accessEndsAt}` };
  }

  private callOff({ event }: TimedEvent): Answer {
    const { case: flow } = this.flow;
    const { cancels } = event.data;
    if (cancels !== undefined && cancels !== flow.request.leaver.event.id && !flow.eventIds.includes(cancels)) {
      return { outcome: 'too-late', detail: `it cancels ${cancels}, which is not the leaver that runs` };
    }
    const begun = flow.containmentBegan;
    const detail = this.flow.cancel({ by: `HR event ${event.id}`, reason: 'HR cancelled the leaver' });
    return { outcome: begun ? 'needs-person' : 'applied', detail };
  }

  private hold({ event }: TimedEvent): Answer {
    this.flow.case.legalHold = holdOf(event.id, event.data.requestedBy, event.data);
    return { outcome: 'applied', detail: 'nothing is deleted until the hold is lifted; disabling goes on' };
  }

  private liftHold(): Answer {
    const had = this.flow.case.legalHold !== undefined;
    this.flow.case.legalHold = undefined;
    return { outcome: 'applied', detail: had ? 'the hold is lifted' : 'there was no hold' };
  }

  private rehire({ event }: TimedEvent): Answer {
    const { case: flow } = this.flow;
    if (!flow.containmentBegan) {
      this.flow.cancel({ by: `HR event ${event.id}`, reason: 'rehired before the end of access' });
      return { outcome: 'applied', detail: 'rehired before the end of access: the leaver ends, nothing was changed' };
    }
    this.flow.cancel({ by: `HR event ${event.id}`, reason: 'rehired' });
    return { outcome: 'needs-person', detail: 'rehired: nothing will be deleted; a person has to give access back' };
  }
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
