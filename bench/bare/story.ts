import { condition, ParentClosePolicy, proxyActivities, setHandler, startChild } from '@temporalio/workflow';
import { hrSignal } from '../../workflows/messages';
import { bareTargetQueue, type BareActivities } from './contract';

export interface BareRequest {
  readonly personId: string;
  readonly targets: readonly string[];
}

/** The shape of `person` and nothing of what it does: a signal starts it, it starts the leaver and waits for it. */
export async function barePerson(request: BareRequest): Promise<void> {
  let heard = false;
  setHandler(hrSignal, () => {
    heard = true;
  });
  await condition(() => heard);
  const child = await startChild(bareLeaver, {
    workflowId: `bare-leaver:${request.personId}`,
    args: [request],
    parentClosePolicy: ParentClosePolicy.ABANDON,
  });
  await child.result();
}

/** Eight targets in parallel, three activities each: no evidence, no handlers, no policy. */
export async function bareLeaver({ personId, targets }: BareRequest): Promise<void> {
  await Promise.all(
    targets.map(async (target) => {
      const { disableAccounts, stripEntitlements, drainSessions } = proxyActivities<BareActivities>({
        taskQueue: bareTargetQueue(target),
        startToCloseTimeout: '10m',
        heartbeatTimeout: '20s',
        retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '60s' },
      });
      await disableAccounts({ personId });
      await stripEntitlements({ personId });
      await drainSessions({ personId });
    }),
  );
}
