import { sleep } from '@temporalio/workflow';

/** A flow that waits for so many days. */
export async function sleeper(days: number): Promise<string> {
  await sleep(`${days} days`);
  return `slept ${days} days`;
}
