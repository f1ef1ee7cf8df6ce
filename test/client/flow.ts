import { condition, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { Progress } from '../../domain/flow';
import { Mail } from '../../workflows/mail';
import { progressQuery, searchAttributes } from '../../workflows/messages';

/** A flow that takes people's messages as every flow does, shows what it took, and ends when it is cancelled. */
export async function listener(): Promise<readonly string[]> {
  const notes: string[] = [];
  let isCancelled = false;
  const mail = new Mail({
    objection: (name) => (name === 'release' ? 'nothing is held here' : undefined),
    unusable: (name, problems) => {
      notes.push(`unusable ${name}: ${problems.join('; ')}`);
      // As a real flow, which writes evidence of it: a history tells whether this happened.
      upsertSearchAttributes([{ key: searchAttributes.state, value: 'blocked' }]);
    },
    read: async ({ name, message, via }) => {
      notes.push(`${via.kind} ${name}: ${message.reason}`);
      isCancelled = name === 'cancel';
    },
  });
  setHandler(progressQuery, (): Progress => ({ state: 'scheduled', targets: [], notes }));
  upsertSearchAttributes([
    { key: searchAttributes.state, value: 'scheduled' },
    { key: searchAttributes.awaitingApproval, value: true },
    { key: searchAttributes.dueAt, value: new Date('2026-11-30T16:00:00Z') },
    { key: searchAttributes.targets, value: ['vault-eu', 'delinea'] },
  ]);
  const keeping = mail.keep();
  await condition(() => isCancelled);
  mail.close();
  await keeping;
  return notes;
}
