import type { CoreActivities } from './contract';
import type { CoreDesk } from './core-desk';
import { recordEvent } from './events';
import { changeLink } from './links';
import { momentOf } from './moment';
import { assignTargets, planDeletion, planLeaver } from './planning';
import { concludeFlow, inspectFlow, inspectPending, record, returnEvents } from './records';
import { establishSender } from './senders';

/** Store, evidence, planning and approvals, for the core worker. */
export function createCoreActivities(desk: CoreDesk): CoreActivities {
  return {
    recordEvent: (input) => recordEvent(desk, input),
    planLeaver: (input) => planLeaver(desk, input),
    assignTargets: (input) => assignTargets(desk, input),
    record: (input) => record(desk, input),
    planDeletion: async (input) => planDeletion(desk, input),
    establishSender: (input) => establishSender(desk, input),
    resolveMoment: async ({ text, person }) =>
      momentOf({ text, person, defaultTimeZone: desk.settings.defaultTimeZone }),
    inspectPending,
    concludeFlow: (input) => concludeFlow(desk, input),
    returnEvents,
    inspectFlow,
    changeLink: (input) => changeLink(desk, input),
  };
}
