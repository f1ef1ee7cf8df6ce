import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const target = 'beyond-identity';
const boss = seedPerson('boss');

describe('who a leaver leaves behind', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({ types: [target], people: [boss] });
  });
  afterAll(async () => rig.stop());

  test('people with the leaver as manager or sponsor are named for HR, in the evidence and in the details', async () => {
    const eventTime = '2026-01-01T00:00:00Z';
    for (const person of [
      { id: 'ada', manager: boss.id },
      { id: 'bob', manager: 'ada', sponsor: boss.email },
      { id: 'eve', manager: 'ada' },
    ])
      await rig.store.people.upsert({ person, eventTime });
    await rig.send(hrEvent(boss, 'tenure.leaver', { urgent: true }));
    await rig.ended(boss.id);
    const words = 'people who need another manager or sponsor: ada (manager), bob (sponsor)';
    const entries = await rig.store.evidence.list({ personId: boss.id });
    expect(entries.filter(({ outcome }) => outcome === 'hand-over')).toMatchObject([
      {
        kind: 'flow',
        detail: words,
        data: {
          people: [
            { personId: 'ada', as: ['manager'] },
            { personId: 'bob', as: ['sponsor'] },
          ],
          more: false,
        },
      },
    ]);
    const details = await rig.leaver(boss.id).query('__temporal_workflow_metadata');
    expect(JSON.stringify(details)).toContain(words);
  });
});
