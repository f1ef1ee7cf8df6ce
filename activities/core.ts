import type { CoreActivities } from './contract';
import type { CoreDesk } from './core-desk';
import { recordEvent } from './events';
import { planAccess, planGrants } from './access-planning';
import { awaitGivenWay, resumeGivenWay } from './giving-way';
import { takeHrRecord } from './hr-records';
import { changeLink } from './links';
import { momentOf } from './moment';
import { checkChannels, notify } from './notices';
import { inspectPending } from './pending';
import { assignTargets, planDeletion, planLeaver } from './planning';
import { planRestore } from './restoring';
import { standingOf } from './standing';
import { planSuspension } from './suspending';
import { answerEvent, concludeFlow, inspectFlow, record, returnEvents } from './records';
import { establishSender } from './senders';

/** Store, evidence, planning and approvals, for the core worker. */
export function createCoreActivities(desk: CoreDesk): CoreActivities {
  return {
    recordEvent: (input) => recordEvent(desk, input),
    planLeaver: (input) => planLeaver(desk, input),
    assignTargets: (input) => assignTargets(desk, input),
    record: (input) => record(desk, input),
    planAccess: (input) => planAccess(desk, input),
    planSuspension: (input) => planSuspension(desk, input),
    planRestore: (input) => planRestore(desk, input),
    planGrants: async (input) => planGrants(desk, input),
    awaitGivenWay,
    resumeGivenWay,
    standingOf: (input) => standingOf(desk, input),
    answerEvent: (input) => answerEvent(desk, input),
    planDeletion: async (input) => planDeletion(desk, input),
    establishSender: (input) => establishSender(desk, input),
    resolveMoment: async ({ text, person }) =>
      momentOf({ text, person, defaultTimeZone: desk.settings.defaultTimeZone }),
    inspectPending,
    concludeFlow: (input) => concludeFlow(desk, input),
    returnEvents,
    inspectFlow,
    changeLink: (input) => changeLink(desk, input),
    notify: (input) => notify(desk, input),
    checkChannels: () => checkChannels(desk),
    takeHrRecord: (input) => takeHrRecord(desk, input),
  };
}
