import type { Sent } from '../client/decide';
import { visible } from '../domain/visible';
import { exitCodes } from './exit';
import { wordsFor } from './failure';
import type { Cli } from './program';

/** Sends one message to every flow, whatever becomes of the others, and tells what each answered. */
export async function sendToEach(
  { terminal, ended }: Cli,
  {
    flows,
    send,
    none,
    json,
  }: {
    readonly flows: readonly string[];
    /** `applied` false: the flow read it, and it led to nothing. */
    readonly send: (workflowId: string) => Promise<Pick<Sent, 'message'> & { readonly applied?: boolean }>;
    /** Said when there is no flow at all. */
    readonly none: string;
    readonly json: boolean;
  },
): Promise<void> {
  const results: { workflowId: string; sent: boolean; applied?: boolean; message: string }[] = [];
  for (const workflowId of flows) {
    const result = await send(workflowId).then(
      ({ message, applied }) => ({ workflowId, sent: true, ...(applied === undefined ? {} : { applied }), message }),
      (error: unknown) => ({ workflowId, sent: false, message: wordsFor(error) }),
    );
    results.push(result);
    if (!json) (result.sent ? terminal.out : terminal.err)(visible(`${workflowId}: ${result.message}`));
  }
  if (json) terminal.out(JSON.stringify(results, null, 2));
  else if (results.length === 0) terminal.out(none);
  const isLost = results.some(({ sent }) => !sent);
  const isIdle = results.some(({ applied }) => applied === false);
  ended(isLost ? exitCodes.error : isIdle ? exitCodes.attention : exitCodes.ok);
}
