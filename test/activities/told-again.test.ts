import type { TargetDesk } from '../../activities';
import type { Revoked } from '../../connectors/connector';
import type { Grant } from '../../domain/account';
import type { DrainReport } from '../../domain/containment';
import { startStandIn, type SeedPerson, type StandIn, type StandInType } from '../../sandbox';
import { recordedCall } from '../connectors/stand-in-target';
import { openCore, target } from './core';
import { deskOn, knownAt, runStep, stepFor } from './desk';

const anna: SeedPerson = {
  ...{ id: 'e1042', username: 'aeriksen', email: 'anna.eriksen@acme.test', displayName: 'Anna Eriksen' },
  ...{ groups: ['Operators', 'Readers'], sessions: 2 },
};

const running: StandIn[] = [];
afterEach(async () => {
  for (const standIn of running.splice(0)) await standIn.stop();
});
async function open(type: StandInType) {
  const standIn = await startStandIn(type, {});
  running.push(standIn);
  standIn.seed([anna]);
  const desk = deskOn(standIn);
  return { standIn, desk, known: await knownAt(desk, 'aeriksen') };
}

describe('a strip tells what it took', () => {
  async function imageOf({ connector }: TargetDesk, id: string) {
    const account = await connector.getAccount(id, recordedCall());
    if (account === undefined) throw new Error(`no account ${id}`);
    return { account, grants: await connector.listGrants(account, recordedCall()), readAt: '' };
  }
  const nameOf = ({ entitlement }: Grant) => entitlement.name;

  test('not what was refused, nor what a directory turns out to own', async () => {
    const { desk, known } = await open('cyberark-privilege-cloud');
    const before = { [known.id]: await imageOf(desk, known.id) };
    const change = { Operators: 'refused', Readers: 'owned-by-directory' } as const;
    const answer = (grant: Grant): Revoked => ({
      ...{ grant, change: change[nameOf(grant) as keyof typeof change], reason: '403' },
    });
    const revoke: TargetDesk['connector']['revoke'] = async (_account, held) => held.map(answer);
    const refusing = { ...desk, connector: { ...desk.connector, revoke } };
    const report = await runStep(refusing, 'stripEntitlements', { ...stepFor(anna), accounts: [known], before });
    expect(report.removed).toEqual({ [known.id]: [] });
    expect(report.evidence[0]?.data).toMatchObject({ removed: [] });
  });

  test('also when the run before it was cut off and could not', async () => {
    const { desk, known } = await open('cyberark-privilege-cloud');
    const before = { [known.id]: await imageOf(desk, known.id) };
    const input = { ...stepFor(anna), accounts: [known], before };
    await runStep(desk, 'stripEntitlements', input);
    expect(await runStep(desk, 'stripEntitlements', input)).toMatchObject({ outcome: 'already' });
    const report = await runStep(desk, 'stripEntitlements', { ...input, ranBefore: true });
    expect(report.outcome).toBe('done');
    expect(report.removed[known.id]?.map(nameOf).sort()).toEqual(['Operators', 'Readers']);
  });
});

describe('a drain past its deadline', () => {
  /** Something that a person alone can end is live until `mend`; everything else ends when it is asked to. */
  async function drainingPastDeadline() {
    const { desk, known } = await open('beyond-identity');
    const { credentials } = desk.connector;
    if (credentials === undefined) throw new Error('the stand-in has no credentials');
    let isStuck = true;
    const list: typeof credentials.list = async (account, call) => [
      ...(await credentials.list(account, call)),
      ...(isStuck ? [{ id: 'stuck', kind: 'passkey', endable: false }] : []),
    ];
    const odd = { ...desk, connector: { ...desk.connector, credentials: { ...credentials, list } } };
    const sessions = { poll: 'PT0.05S', quiet: 'PT0S', deadline: 'PT0S' };
    const input = { ...stepFor(anna), accounts: [known], undone: ['disable', 'strip'] as const, sessions };
    return { odd, input, known, mend: () => (isStuck = false) };
  }

  test('tells what it ended by then, and the run that polls on takes it over', async () => {
    const { odd, input, known, mend } = await drainingPastDeadline();
    const first: DrainReport = await runStep(odd, 'drainSessions', input);
    expect(first).toMatchObject({ outcome: 'residual-sessions' });
    const ended = first.endedThings ?? {};
    expect(Object.keys(ended).length).toBeGreaterThan(1);
    expect(first.evidence[0]?.data).toMatchObject({ accounts: [known], ended });
    mend();
    const then = { ...input, pastDeadline: true, ...(first.endedThings && { endedThings: first.endedThings }) };
    const second = await runStep(odd, 'drainSessions', then);
    expect(second).toMatchObject({ outcome: 'clean', detail: `${first.ended} ended, none came back` });

    const core = await openCore();
    const disabled = { step: 'disableAccounts', outcome: 'done', target: target.id, account: known } as const;
    const entries = [{ ...disabled, kind: 'step', at: '' } as const, ...first.evidence, ...second.evidence];
    const told = { personId: anna.id, eventHash: 'hash', batch: 1, entries };
    await core.run(`leaver:${anna.id}`, 'record', told);
    const plan = await core.run('restore:x', 'planRestore', { person: { id: anna.id }, of: 'leaver', look: true });
    await core.store.close();
    expect(plan.targets[0]?.accounts[0]?.lost).toHaveLength(first.ended);
  });
});
