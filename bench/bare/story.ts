import { condition, ParentClosePolicy, proxyActivities, setHandler, startChild } from '@temporalio/workflow';
import { hrSignal } from '../../workflows/messages';
import { bareTargetQueue, type BareActivities, type BareBooks } from './contract';

export interface BareRequest {
  readonly personId: string;
  readonly targets: readonly string[];
  /** Of the same shape as Tenure's flow: with activities for event, plan, evidence and end, which do nothing. */
  readonly books: boolean;
}

const books = proxyActivities<BareBooks>({ startToCloseTimeout: '30s' });

/** The shape of `person` and nothing of what it does: a signal starts it, it starts the leaver and waits for it. */
export async function barePerson(request: BareRequest): Promise<void> {
  let heard = false;
  setHandler(hrSignal, () => {
    heard = true;
  });
  await condition(() => heard);
  if (request.books) await books.takeEvent();
  const child = await startChild(bareLeaver, {
    workflowId: `bare-leaver:${request.personId}`,
    args: [request],
    parentClosePolicy: ParentClosePolicy.ABANDON,
  });
  await child.result();
}

/** Eight targets in parallel, three activities each: no evidence, no handlers, no policy. */
export async function bareLeaver({ personId, targets, books: hasBooks }: BareRequest): Promise<void> {
  if (hasBooks) await books.plan();
  let disabled = 0;
  const noted = condition(() => disabled === targets.length).then(() => (hasBooks ? books.note() : undefined));
  await Promise.all([
    ...targets.map(async (target) => {
      const { disableAccounts, stripEntitlements, drainSessions } = proxyActivities<BareActivities>({
        taskQueue: bareTargetQueue(target),
        startToCloseTimeout: '10m',
        heartbeatTimeout: '20s',
        retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '60s' },
      });
      await disableAccounts({ personId });
      disabled += 1;
      await stripEntitlements({ personId });
      await drainSessions({ personId });
    }),
    noted,
  ]);
  if (hasBooks) await books.conclude();
}
