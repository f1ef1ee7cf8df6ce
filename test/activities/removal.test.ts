import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createTargetActivities, type TargetDesk } from '../../activities';
import type { DeleteInput, DeleteReport } from '../../domain/containment';
import { startStandIn, type SeedPerson, type StandIn } from '../../sandbox';
import { recordedCall } from '../connectors/stand-in-target';
import { deskOn, knownAt, stepFor } from './desk';

const anna: SeedPerson = {
  ...{ id: 'e1042', username: 'aeriksen', email: 'anna.eriksen@acme.test', displayName: 'Anna Eriksen' },
  ...{ enabled: false, groups: [], sessions: 0, extraUsernames: ['aeriksen-adm'] },
};

let standIn: StandIn;
let desk: TargetDesk;
beforeEach(async () => {
  standIn = await startStandIn('beyondtrust-rest', {});
  standIn.seed([anna]);
  desk = deskOn(standIn);
});
afterEach(async () => standIn.stop());

const client = {
  withAbortSignal: async (_signal: AbortSignal, work: () => Promise<unknown>) => work(),
} as unknown as Client;

/** What one attempt leaves to the next: its report, or its progress. */
async function attempt(input: DeleteInput, info: { readonly attempt: number; readonly heartbeatDetails?: unknown }) {
  const environment = new MockActivityEnvironment(info, { client });
  let progress: unknown;
  environment.on('heartbeat', (details: unknown) => (progress = details));
  let report: DeleteReport | undefined;
  await environment
    .run(async () => (report = await createTargetActivities(desk).deleteAccounts(input)))
    .catch(() => undefined);
  return { report, progress };
}

async function inputFor(...usernames: readonly string[]): Promise<DeleteInput> {
  const accounts = await Promise.all(usernames.map(async (name) => ({ ...(await knownAt(desk, name)), held: [] })));
  return {
    ...stepFor(anna),
    plan: { target: 'under-test', system: 'under-test', deletion: 'permanent', lost: '', accounts },
    planHash: 'hash',
    approvedRunId: new MockActivityEnvironment().context.info.workflowExecution?.runId ?? '',
  };
}

async function enable(id: string): Promise<void> {
  const account = await desk.connector.getAccount(id, recordedCall());
  if (account !== undefined) await desk.connector.setAccountEnabled(account, true, recordedCall());
}

test('of two accounts one is deleted, the other refuses and is enabled meanwhile: both are in the evidence as they are', async () => {
  const input = await inputFor('aeriksen', 'aeriksen-adm');
  const second = input.plan.accounts[1]?.id ?? '';
  standIn.faults.add({ kind: 'server-error', method: 'DELETE', path: `/users/${second}$` });
  const first = await attempt(input, { attempt: 1 });
  expect(first.report).toBeUndefined();
  await enable(second);
  const { report } = await attempt(input, { attempt: 2, heartbeatDetails: first.progress });
  expect(report?.changed).toEqual([expect.stringContaining('aeriksen-adm is enabled')]);
  expect(report?.evidence).toEqual([
    expect.objectContaining({
      outcome: 'done',
      after: 'gone',
      account: expect.objectContaining({ username: 'aeriksen' }),
    }),
    expect.objectContaining({
      outcome: 'world-changed',
      detail: expect.stringContaining('nothing more was deleted'),
    }),
  ]);
});

test('a deletion whose reply was lost is done, in the evidence as well', async () => {
  const input = await inputFor('aeriksen');
  standIn.faults.add({ kind: 'reply-lost', method: 'DELETE' });
  const first = await attempt(input, { attempt: 1 });
  const { report } = await attempt(input, { attempt: 2, heartbeatDetails: first.progress });
  expect(report?.outcome).toBe('done');
  expect(report?.evidence).toEqual([expect.objectContaining({ outcome: 'done', detail: 'deleted, proven gone' })]);
});

test('what somebody else deleted between two attempts is not ours', async () => {
  const input = await inputFor('aeriksen');
  standIn.faults.add({ kind: 'server-error', path: '^/users' });
  const first = await attempt(input, { attempt: 1 });
  const account = await desk.connector.getAccount(input.plan.accounts[0]?.id ?? '', recordedCall());
  if (account !== undefined) await desk.connector.deleteAccount(account, recordedCall());
  const { report } = await attempt(input, { attempt: 2, heartbeatDetails: first.progress });
  expect(report?.evidence).toEqual([expect.objectContaining({ outcome: 'already' })]);
});

test.each([
  ['unlinked', { notTheirs: true }, 'it was unlinked'],
  ['linked to somebody else', { linkedToOthers: true }, 'is linked to somebody else'],
  ['protected', { protectedUsernames: ['aeriksen'] }, 'is protected'],
])('an account that is %s since the approval is not deleted', async (_what, change, words) => {
  const input = await inputFor('aeriksen');
  const ids = input.plan.accounts.map(({ id }) => id);
  const told = Object.fromEntries(Object.entries(change).map(([name, value]) => [name, value === true ? ids : value]));
  const { report } = await attempt({ ...input, ...told }, { attempt: 1 });
  expect(report?.changed).toEqual([expect.stringContaining(words)]);
  expect(standIn.account('aeriksen')).toMatchObject({ deleted: false });
});

test('stopped, it only looks: what is there stays, what was sent before is told', async () => {
  const input = await inputFor('aeriksen', 'aeriksen-adm');
  const [first, second] = input.plan.accounts;
  const account = await desk.connector.getAccount(first?.id ?? '', recordedCall());
  if (account !== undefined) await desk.connector.deleteAccount(account, recordedCall());
  const stopped = { ...input, stopped: 'stopped by ann: no', begun: { going: [first?.id ?? '', second?.id ?? ''] } };
  const { report } = await attempt(stopped, { attempt: 1 });
  expect(report).toMatchObject({ outcome: 'skipped', detail: expect.stringContaining('stopped by ann: no') });
  expect(report?.evidence.map(({ outcome }) => outcome)).toEqual(['done', 'skipped']);
  expect(standIn.account('aeriksen-adm')).toMatchObject({ deleted: false });
});
