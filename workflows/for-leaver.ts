import { patched } from '@temporalio/workflow';
import type { Standing } from '../activities/contract';
import { compareEvents, type HrEvent, type HrEventType } from '../domain/event';
import { endOfAccess, type TimedEvent } from '../domain/leaver';
import type { FlowClock } from './clock';
import { causeOf, type RunningFlow } from './flow-slot';

/** What is about the leaver alone; without one it is a fact in the store. */
export const aboutLeaver: readonly HrEventType[] = ['tenure.leaver.cancelled', 'tenure.hold', 'tenure.hold.released'];

interface Now {
  readonly standing: Standing | undefined;
  /** The leaver that waits for its day or is at work. */
  readonly leaver: RunningFlow | undefined;
  readonly clock: FlowClock;
}

/** A leaver that waits for its day leaves joiners and movers alone; once access ends, all is said to it. */
export function isForLeaver(event: HrEvent, { standing, leaver, clock }: Now): boolean {
  const { type } = event;
  if (standing?.status === 'leaving' || standing?.status === 'left') return true;
  if (type === 'tenure.rehire') return !wasSaidBefore(leaver, event) || !patched('rehired-before-the-leaver');
  if (type === 'tenure.joiner') return isDue(leaver, clock) && patched('joined-while-it-plans');
  return type === 'tenure.leaver' || type === 'tenure.undo' || aboutLeaver.includes(type);
}

/** It had to wait for a change at work, while HR named a last day to come: until that day it counts. */
function wasSaidBefore(leaver: RunningFlow | undefined, event: HrEvent): boolean {
  return wordsOf(leaver).some((word) => compareEvents(event, word.event) < 0);
}

/** Its day has come: it has marked the person already, or is about to, or people hold it. */
function isDue(leaver: RunningFlow | undefined, clock: FlowClock): boolean {
  const last = wordsOf(leaver).at(-1);
  if (last === undefined) return false;
  return clock.hasCome(leaver?.words?.reschedule?.effectiveAt ?? endOfAccess(last));
}

/** What HR has said of the leaver that runs, in the order in which it came. */
function wordsOf(leaver: RunningFlow | undefined): readonly TimedEvent[] {
  if (leaver === undefined) return [];
  return [causeOf(leaver), ...(leaver.heard ?? [])].filter(({ event }) => event.type === 'tenure.leaver');
}
