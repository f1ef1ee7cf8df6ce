import { condition } from '@temporalio/workflow';
import type { ChangeFlow } from './change-flow';
import { watchSteps } from './waiting';

/**
 * A joiner's lead: as long as `closedUntil` is set, the tracks leave disabled what they make. One timer for all of them,
 * wherever HR or a person moves the first day. Called where something may be changed from now on, before any track.
 */
export async function keepClosed(flow: ChangeFlow): Promise<void> {
  const { case: about, clock } = flow;
  const isAhead = (at: string | undefined): at is string => at !== undefined && !clock.hasCome(at);
  if (!isAhead(about.firstDayAt)) return;
  about.closedUntil = about.firstDayAt;
  while (isAhead(about.closedUntil) && !about.isOver && about.toldAnew === undefined) {
    const at: string = about.closedUntil;
    const isMoved = await condition(
      () => about.isOver || about.toldAnew !== undefined || about.closedUntil !== at,
      clock.until(at),
      { summary: `Keep the accounts disabled until the first day, ${at}` },
    );
    if (!isMoved) clock.tell(at);
  }
  // What runs is not cut off: an account that is made and not yet disabled would be left enabled.
  if (about.toldAnew !== undefined) await condition(() => about.isOver || about.rests);
  if (about.toldAnew !== undefined && !about.isOver) flow.giveWay(`HR event ${about.toldAnew}`);
  about.closedUntil = undefined;
  flow.changed();
  if (!about.isOver) void watchSteps(flow);
}
