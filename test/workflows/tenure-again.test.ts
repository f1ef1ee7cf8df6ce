import { MockActivityEnvironment } from '@temporalio/testing';
import { resumeGivenWay } from '../../activities/giving-way';
import type { HrEvent } from '../../domain/event';
import type { FlowKind, Progress } from '../../domain/flow';
import { giveWaySignal, peopleUpdate } from '../../workflows/messages';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const suite = 'beyondtrust-scim';
const approvers = { count: 1, allowed: ['ann@acme.test'], minStrength: 'asserted' };
const account = { username: '{email}' };
const policy = {
  leaver: {
    retention: 'PT1S',
    sessions: { poll: 'PT0.1S', quiet: 'PT0.1S', deadline: 'PT1H' },
    deletion: { mode: 'approval', targets: 'all', approvers },
  },
  access: {
    rules: [
      { id: 'all', when: 'true', target: suite, account, grants: [{ kind: 'group', name: 'Operators' }] },
      {
        id: 'sales',
        when: 'person.department == "Sales"',
        target: suite,
        account,
        grants: [{ kind: 'group', name: 'VPN' }],
      },
      {
        id: 'lead',
        when: 'has(person.title) && person.title == "Lead"',
        target: suite,
        account,
        grants: [{ kind: 'group', name: 'Admins', privileged: true, for: 'P30D' }],
      },
      {
        id: 'second',
        when: 'has(person.title) && person.title == "Second"',
        target: suite,
        account: { username: 'shared-{id}@acme.test' },
      },
    ],
  },
};

describe('what was said once, and comes again', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({
      types: [suite],
      people: [
        seedPerson('shared-n6', { groups: [] }),
        seedPerson('holder', { groups: ['Operators', 'VPN', 'Admins'] }),
      ],
      config: { policy },
    });
  });
  afterAll(async () => rig.stop());

  const event = (id: string, type: HrEvent['type'], more: object = {}, data: object = {}) => {
    const { username, email, displayName } = seedPerson(id);
    const person = {
      id,
      username,
      email,
      displayName,
      givenName: 'New',
      familyName: id,
      department: 'Platform',
      ...more,
    };
    return hrEvent(seedPerson(id), type, { person, ...data });
  };
  const groups = (id: string) => [...(rig.standIn(suite).account(`${id}@acme.test`)?.groups ?? [])].sort();
  const until = async (kind: FlowKind, id: string, isSo: (seen: Progress) => boolean, what: string) =>
    rig.until(() => rig.progress(id, kind), isSo, what);
  const decide = async (kind: FlowKind, id: string, approved: boolean) => {
    const asked = await until(kind, id, (seen) => seen.approval !== undefined, 'the question');
    const { planHash } = asked.approval ?? {};
    const decision = { approved, reason: 'looked at', planHash, approver: 'ann@acme.test' };
    await rig.flow(kind, id).executeUpdate(peopleUpdate('decide'), { args: [decision] });
  };
  const through = async (kind: 'joiner' | 'mover', sent: HrEvent) => {
    await rig.send(sent);
    return await rig.changed(kind, sent);
  };
  const timeBoxes = async (personId: string) => Object.keys(await rig.store.timeBoxes.of({ personId }));

  test('a privileged entitlement that was refused is not given by the next move: it is asked for again', async () => {
    const joins = event('n1', 'tenure.joiner', { title: 'Lead' });
    await rig.send(joins);
    await decide('joiner', 'n1', false);
    expect((await rig.changed('joiner', joins)).exceptions).toContain('privileged entitlements rejected: not granted');
    const moves = event('n1', 'tenure.mover', { title: 'Lead', department: 'Sales' });
    await rig.send(moves);
    await decide('mover', 'n1', false);
    expect(await rig.changed('mover', moves)).toMatchObject({ outcome: 'complete-with-exceptions' });
    expect(groups('n1')).toEqual(['Operators', 'VPN']);
    expect(await timeBoxes('n1')).toEqual([]); // what nobody gave has not begun to count
  });

  test('one that was approved is asked for once; its time counts from the approval; lost and given again, it is asked for again', async () => {
    const joins = event('n2', 'tenure.joiner', { title: 'Lead' });
    await rig.send(joins);
    await until('joiner', 'n2', (seen) => seen.approval !== undefined, 'the question');
    expect(await timeBoxes('n2')).toEqual([]);
    await decide('joiner', 'n2', true);
    await rig.changed('joiner', joins);
    expect(groups('n2')).toEqual(['Admins', 'Operators']);
    expect(await timeBoxes('n2')).toEqual([`lead|${suite}|group|admins`]);

    await through('mover', event('n2', 'tenure.mover', { title: 'Lead', department: 'Sales' }));
    expect(groups('n2')).toEqual(['Admins', 'Operators', 'VPN']);
    await through('mover', event('n2', 'tenure.mover', { title: 'SRE', department: 'Sales' }));
    expect(groups('n2')).toEqual(['Operators', 'VPN']);

    const again = event('n2', 'tenure.mover', { title: 'Lead', department: 'Sales' });
    await rig.send(again);
    await decide('mover', 'n2', false);
    await rig.changed('mover', again);
    expect(groups('n2')).toEqual(['Operators', 'VPN']);
  });

  test('after the accounts were deleted, a rehire gets new ones and no question about the old', async () => {
    await through('joiner', event('n3', 'tenure.joiner'));
    const [old] = await rig.store.links.of({ personId: 'n3' });
    await rig.send(event('n3', 'tenure.leaver', {}, { urgent: true }));
    await decide('leaver', 'n3', true);
    await rig.ended('n3');
    expect(await rig.store.links.of({ personId: 'n3' })).toEqual([]);
    expect(await through('joiner', event('n3', 'tenure.rehire'))).toMatchObject({ outcome: 'complete' });
    const [link] = await rig.store.links.of({ personId: 'n3' });
    expect(link?.accountId).not.toBe(old?.accountId);
    expect(groups('n3')).toEqual(['Operators']);
  });

  test('a joiner that stopped for a leaver which is then called off is carried through after all', async () => {
    const joins = event('n4', 'tenure.joiner', { title: 'Lead' });
    await rig.send(joins);
    await until('joiner', 'n4', (seen) => seen.approval !== undefined, 'the joiner at work');
    await rig.flow('joiner', 'n4').signal(giveWaySignal, { to: 'leaver:n4' });
    const first = rig.flow('joiner', 'n4');
    expect(await first.result()).toMatchObject({ outcome: 'superseded', unfinished: { event: { id: joins.id } } });
    const flows = [{ workflowId: 'joiner:n4' }];
    await inCore(async () => resumeGivenWay({ personId: 'n4', flows }));
    await decide('joiner', 'n4', true);
    const second = await rig.flow('joiner', 'n4').result();
    expect(second).toMatchObject({ outcome: 'complete' });
    expect(groups('n4')).toEqual(['Admins', 'Operators']);
  });

  test('an older word that comes back late is no word against the leaver', async () => {
    await through('joiner', event('n5', 'tenure.joiner'));
    const late = event('n5', 'tenure.joiner', { department: 'Sales' });
    await rig.send(event('n5', 'tenure.leaver', {}, { urgent: true }));
    await until('leaver', 'n5', (seen) => seen.approval !== undefined, 'the question');
    const timed = { event: late, receivedAt: late.time, eventHash: 'h', moments: {} };
    await rig.client.workflow.getHandle('person:n5').signal('returned', timed);
    const isTold = (seen: Progress) => seen.notes?.some((note) => note.includes(`${late.id} (tenure.joiner)`)) === true;
    const told = await until('leaver', 'n5', isTold, 'the answer');
    expect(told.state).toBe('awaiting-approval');
    expect(rig.standIn(suite).account('n5@acme.test')).toMatchObject({ enabled: false });
    await decide('leaver', 'n5', false);
    expect(await rig.ended('n5')).toMatchObject({ outcome: 'kept-disabled' });
    expect(await rig.answersTo(late)).toContain('too-late');
  });

  test('a user name that policy alone gives is looked for among other people’s accounts', async () => {
    const { id } = rig.standIn(suite).account('shared-n6@acme.test') ?? { id: '' };
    const link = { targetId: suite, accountId: id, username: 'shared-n6@acme.test', system: suite };
    await rig.store.links.link({ ...link, personId: 'other', origin: 'found', recordedAt: '2026-01-01T00:00:00Z' });
    await rig.send(event('n6', 'tenure.joiner', { title: 'Second' }));
    const blocked = await until('joiner', 'n6', (seen) => seen.state === 'blocked', 'a person to be asked');
    expect(JSON.stringify(blocked.targets)).toContain('is linked to somebody else');
  });

  /** Runs what a core worker would, with a client of its own. */
  async function inCore(work: () => Promise<void>): Promise<void> {
    const { client } = rig;
    await new MockActivityEnvironment({ taskQueue: 'tenure' }, { client }).run(work);
  }
});
