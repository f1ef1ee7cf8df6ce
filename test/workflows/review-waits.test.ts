import type { HrEvent } from '../../domain/event';
import { personWorkflowId } from '../../workflows/messages';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const target = 'beyondtrust-scim';
const people = [seedPerson('w1', { groups: [] }), seedPerson('holder', { groups: ['VPN'] })];
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

describe('a time-boxed grant that ends while a change waits for its day', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({ types: [target], people, config: { policy: { access: { rules } } } });
  }, 120_000);
  afterAll(async () => rig.stop(), 120_000);

  const event = (type: HrEvent['type'], department: string, data: Partial<HrEvent['data']> = {}) =>
    hrEvent(seedPerson('w1'), type, {
      person: { id: 'w1', username: 'w1@acme.test', email: 'w1@acme.test', displayName: 'w1', department },
      ...data,
    });
  const groups = () => rig.standIn(target).account('w1@acme.test')?.groups;

  test('is looked at as soon as the change ends, and `person` does not turn in circles until then', async () => {
    const joins = event('tenure.joiner', 'Boxed');
    await rig.send(joins);
    const { reviewAt = '' } = await rig.changed('joiner', joins);
    expect(groups()).toEqual(['VPN']);
    await rig.send(event('tenure.mover', 'Boxed', { effectiveAt: '2099-01-01' }));
    await rig.until(
      () => rig.progress('w1', 'mover'),
      (seen) => seen.state === 'scheduled',
    );
    const timers = async () =>
      ((await rig.client.workflow.getHandle(personWorkflowId('w1')).fetchHistory()).events ?? []).filter(
        (one) => one.timerStartedEventAttributes,
      ).length;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, Date.parse(reviewAt) - Date.now()) + 3000));
    expect(await timers()).toBeLessThan(3);
    await rig.flow('mover', 'w1').cancel();
    await rig.idle('w1');
    expect(groups()).toEqual([]);
  });
});
