import { openConnector } from '../../connectors/registry';
import type { Progress } from '../../domain/flow';
import { keysFor } from '../connectors/conformance';
import { recordedCall, targetAt } from '../connectors/stand-in-target';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const vault = 'cyberark-privilege-cloud';
const realm = 'beyond-identity';
const admins = 'Vault Admins';
const inGroup = (id: string) => seedPerson(id, { groups: [admins, 'Operators'] });
const people = [inGroup('ann'), inGroup('ben'), seedPerson('cy'), seedPerson('dan', { groups: ['Root'] })];
const person = (id: string) => people.find((one) => one.id === id) ?? seedPerson(id);

describe('the last administrator of a target', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({
      types: [vault, realm],
      people,
      targets: {
        [vault]: { adminGroups: [admins, 'Root'], minAdmins: 1 },
        [realm]: {},
      },
      config: {
        policy: {
          leaver: {
            retention: 'PT0S',
            sessions: { poll: 'PT0.1S', quiet: 'PT0.2S', deadline: 'PT1H' },
            deletion: { mode: 'never', approvers: { minStrength: 'asserted' } },
          },
        },
      },
    });
  });
  afterAll(async () => rig.stop());

  const account = (id: string) => rig.standIn(vault).account(`${id}@acme.test`);
  const disableOf = ({ targets }: Progress) =>
    targets.find(({ id }) => id === vault)?.steps.find(({ name }) => name === 'disableAccounts');
  const resolve = (id: string, by: string, action = 'retry') =>
    rig.leaver(id).executeUpdate('resolve', { args: [{ target: vault, action, reason: 'as agreed', by }] });
  /** As an administrator of the vault would: another member of the group. */
  const addTo = async (group: string, id: string) => {
    const connector = openConnector(targetAt(rig.standIn(vault)));
    const call = recordedCall();
    const { found } = await connector.findAccounts(keysFor(`${id}@acme.test`), call);
    const { items } = await connector.listEntitlements(undefined, call);
    const entitlement = items.find(({ name }) => name === group);
    if (found[0] === undefined || entitlement === undefined) throw new Error(`no ${id} or no ${group}`);
    await connector.grant(found[0].account, entitlement, call);
  };

  test('of two who leave at once exactly one stays; with another administrator the flow goes on', async () => {
    // Late answers: without a turn both would have looked before either wrote.
    rig.standIn(vault).faults.add({ kind: 'slow', method: 'GET', milliseconds: 150, times: 40 });
    await Promise.all(['ann', 'ben'].map((id) => rig.send(hrEvent(person(id), 'tenure.leaver', { urgent: true }))));
    const seen = await rig.until(
      async () => await Promise.all(['ann', 'ben'].map((id) => rig.progress(id))),
      (both) => both.every((one) => ['parked', 'done'].includes(disableOf(one)?.outcome ?? '')),
      'both to have a verdict',
    );
    rig.standIn(vault).faults.clear();
    const outcomes = seen.map((one) => disableOf(one)?.outcome);
    expect([...outcomes].sort()).toEqual(['done', 'parked']);
    const [stays, goes] = outcomes[0] === 'parked' ? ['ann', 'ben'] : ['ben', 'ann'];
    expect(account(stays)).toMatchObject({ enabled: true, groups: [admins, 'Operators'] });
    await rig.ended(goes);
    expect(account(goes)).toMatchObject({ enabled: false, groups: [] });
    // The other target knows no administrators: it does not wait.
    expect(rig.standIn(realm).account(`${stays}@acme.test`)?.enabled).toBe(false);

    // One person's retry looks again, and lets nobody go by itself.
    await resolve(stays, 'ops@acme.test');
    await rig.untilProgress(stays, (one) => JSON.stringify(one.notes ?? []).includes('takes two people'), 'the note');
    await rig.untilProgress(stays, (one) => disableOf(one)?.outcome === 'parked', 'parked again');
    expect(account(stays)?.enabled).toBe(true);

    await addTo(admins, 'cy');
    await resolve(stays, 'ops@acme.test');
    const report = await rig.ended(stays);
    expect(report.outcome).toBe('complete');
    expect(account(stays)).toMatchObject({ enabled: false, groups: [], live: { 'psm-session': 0 } });
    expect(account('cy')?.enabled).toBe(true);
    const outcomesKept = (await rig.store.evidence.list({ personId: stays })).map(({ outcome }) => outcome);
    expect(outcomesKept).toContain('last-administrator');
  });

  test('two people let the last one go', async () => {
    await rig.send(hrEvent(person('dan'), 'tenure.leaver', { urgent: true }));
    const parked = await rig.untilProgress('dan', (one) => disableOf(one)?.outcome === 'parked', 'parked');
    expect(parked.waitingFor).toContain('Root');
    // Who asked for the leaver is nobody's second person; a word counts where it was given, on a step that is parked.
    for (const [count, by] of ['hr@acme.test', 'ops@acme.test'].entries()) {
      await resolve('dan', by);
      await rig.untilProgress('dan', (one) => (one.notes?.length ?? 0) > count, `the word of ${by}`);
      await rig.untilProgress('dan', (one) => disableOf(one)?.outcome === 'parked', 'parked again');
    }
    expect((await rig.progress('dan')).notes?.join()).toContain('lets nobody go');
    expect(account('dan')?.enabled).toBe(true);
    await resolve('dan', 'eve@acme.test');
    await rig.ended('dan');
    expect(account('dan')).toMatchObject({ enabled: false, groups: [] });
    const entries = await rig.store.evidence.list({ personId: 'dan' });
    expect(entries.map(({ outcome }) => outcome)).toContain('released');
  });
});
