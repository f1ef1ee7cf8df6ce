import { randomUUID } from 'node:crypto';
import type { HrEvent } from '../domain/event';
import type { PlanReport } from '../workflows/plan';
import { Complaint } from './exit';

/**
 * An operator's undo in the shape of an event. It stands where the leaver stood in the order of events, so that
 * whatever HR said later stays later.
 */
export function undoEvent(
  personId: string,
  { person, undoes }: Pick<PlanReport, 'person' | 'undoes'>,
  { by, reason }: { readonly by: string; readonly reason: string },
): HrEvent {
  if (undoes === undefined) throw new Complaint(`No leaver of ${personId} is known: there is nothing to undo.`);
  const { id, time, data } = undoes.event;
  const { sequence } = data;
  return {
    specversion: '1.0',
    id: `undo-${id}-${randomUUID()}`,
    source: '/tenure/operator',
    type: 'tenure.undo',
    time,
    subject: personId,
    data: {
      person: person ?? data.person,
      reason,
      requestedBy: { id: by },
      ...(sequence === undefined ? {} : { sequence }),
    },
  };
}
