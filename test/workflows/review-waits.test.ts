import type { HrEvent } from '../../domain/event';
import { peopleUpdate } from '../../workflows/messages';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const target = 'beyondtrust-scim';
const people = [
  seedPerson('w1', { groups: [] }),
  seedPerson('w2', { groups: [] }),
  seedPerson('holder', { groups: ['VPN'] }),
];
const account = { username: '{email}' };
const rules = [
  { id: 'all', when: 'true', target, account },
  {
    id: 'box',
    when: 'person.department == "Boxed"',
    target,
    account,
    grants: [{ kind: 'group', name: 'VPN', for: 'PT5S' }],
  },
];

describe('a time-boxed grant that ends while something else of the person waits', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({ types: [target], people, config: { policy: { access: { rules } } } });
  }, 120_000);
  afterAll(async () => rig.stop(), 120_000);

  const event = (id: string, type: HrEvent['type'], data: Partial<HrEvent['data']> = {}) => {
    const email = `${id}@acme.test`;
    return hrEvent(seedPerson(id), type, {
      person: { id, username: email, email, displayName: id, department: 'Boxed' },
      ...data,
    });
  };
  const groups = (id: string) => rig.standIn(target).account(`${id}@acme.test`)?.groups;
  const joined = async (id: string) => {
    const joins = event(id, 'tenure.joiner');
    await rig.send(joins);
    const { reviewAt = '' } = await rig.changed('joiner', joins);
    expect(groups(id)).toEqual(['VPN']);
    return reviewAt;
  };
  const scheduled = async (id: string) =>
    rig.until(
      () => rig.progress(id, 'mover'),
      (seen) => seen.state === 'scheduled',
    );

  test('a mover that waits for its day lets it pass, and waits again, for the day that an operator has set', async () => {
    await joined('w1');
    await rig.send(event('w1', 'tenure.mover', { effectiveAt: '2099-01-01' }));
    await scheduled('w1');
    const later = { effectiveAt: '2099-02-01T12:00:00Z', reason: 'a month later', by: 'ann@acme.test' };
    await rig.flow('mover', 'w1').executeUpdate(peopleUpdate('reschedule'), { args: [later] });
    const { runId } = await rig.flow('mover', 'w1').describe();
    await rig.until(
      async () => groups('w1'),
      (seen) => seen?.length === 0,
      'the grant to end',
    );
    await rig.until(
      async () => (await rig.flow('mover', 'w1').describe()).runId !== runId && (await scheduled('w1')).dueAt,
      (dueAt) => dueAt === '2099-02-01T12:00:00.000Z',
      'the mover to wait again',
    );
    await rig.flow('mover', 'w1').cancel();
    await rig.idle('w1');
  });

  test('a suspension keeps it for the day on which they are back', async () => {
    const reviewAt = await joined('w2');
    const away = event('w2', 'tenure.suspended');
    await rig.send(away);
    await rig.changed('suspension', away);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, Date.parse(reviewAt) - Date.now()) + 2000));
    // HR's word of after that end says nothing of what was given before it.
    for (const type of ['tenure.mover', 'tenure.resumed'] as const)
      await rig.send({ ...event('w2', type), time: new Date().toISOString() });
    await rig.idle('w2');
    expect(rig.standIn(target).account('w2@acme.test')).toMatchObject({ enabled: true, groups: [] });
  });
});
