import { peopleUpdate } from '../../workflows/messages';
import { NoticeScene, pasteIn } from '../rig/notices';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const target = 'beyondtrust-scim';
const approvers = { count: 1, allowed: ['ann@acme.test'], minStrength: 'token' };
const policy = {
  leaver: { retention: 'P30D', deletion: { mode: 'approval', targets: 'all', approvers } },
  access: {
    rules: [
      {
        id: 'lead',
        when: 'person.title == "Lead"',
        target,
        account: { username: '{email}' },
        grants: [{ kind: 'group', name: 'Admins', privileged: true }],
      },
    ],
  },
};
const newcomer = {
  ...{ id: 'j1', username: 'j1@acme.test', email: 'j1@acme.test', displayName: 'New J1' },
  ...{ givenName: 'New', familyName: 'J1', department: 'Platform', title: 'Lead', timeZone: 'Europe/Oslo' },
};

describe('a joiner tells people as a leaver does', () => {
  let rig: Rig;
  let scene: NoticeScene;
  beforeAll(async () => {
    scene = await NoticeScene.start();
    const people = [seedPerson('old1', { groups: ['Admins'] })];
    rig = await Rig.start({ types: [target], people, config: { policy, notifications: scene.config() } });
    await scene.writeSecrets(rig.folder);
  });
  afterAll(async () => {
    await rig?.stop();
    await scene?.stop();
  });

  test('a privileged entitlement is granted on the token that came on the approver’s own channel', async () => {
    const joins = hrEvent(seedPerson('j1'), 'tenure.joiner', { person: newcomer });
    await rig.send(joins);
    const [slack] = await rig.until(
      async () => scene.boxes.taken('ann'),
      (seen) => seen.length > 0,
      'the message to Ann',
      60_000,
    );
    if (slack === undefined) throw new Error('no message');
    expect(slack.body['text']).toContain('Joiner j1: a plan of privileged entitlements waits for one person');
    expect(JSON.stringify(slack.body)).toContain(`${target}: j1@acme.test gets group Admins`);
    expect(scene.boxes.taken('ben')).toEqual([]); // not allowed here: no token
    const input = { ...pasteIn(slack), reason: 'she leads' };
    await rig.flow('joiner', 'j1').executeUpdate(peopleUpdate('decide'), { args: [input] });
    expect(await rig.changed('joiner', joins)).toMatchObject({ outcome: 'complete' });
    expect(rig.standIn(target).account('j1@acme.test')?.groups).toContain('Admins');
    const [done] = await rig.until(
      async () => scene.about('ops', 'j1', 'done'),
      (seen) => seen.length > 0,
    );
    expect(done?.body['data']).toMatchObject({ flow: 'joiner', text: 'Joiner j1 is done: complete' });
    const evidence = await rig.store.evidence.list({ personId: 'j1' });
    expect(evidence.find((one) => one.kind === 'decision' && one.actor !== undefined)?.actor).toMatchObject({
      name: 'ann@acme.test',
      strength: 'token',
    });
  });
});
