import type { BeforeImage, Grant } from '../../domain/account';
import type { EvidenceEntry } from '../../domain/evidence';
import { standInTypes, startAll, type All, type StandInAccount, type StandInType } from '../../sandbox';
import { accountsOf, eventsFrom, personCalled } from './company';
import { Scene } from './scene';

/** Longer than any test: whoever waits for such an answer is killed before it comes. */
const forever = 600_000;
/** Not delinea-scim: the same accounts as delinea-rest, so that one of the two would find nothing left to change. */
const targets = standInTypes.filter((type) => type !== 'delinea-scim');
/** Disabling and taking everything away are two changes by the same call there. */
const twoChangesByOneCall: readonly StandInType[] = ['beyondtrust-rest', 'delinea-rest'];

/** `disabling` is in its first change everywhere when the worker dies, `stripping` in its second. */
const disabling = personCalled('lea');
const stripping = personCalled('per');

describe('a worker killed after the vendor made the change and before its answer came', () => {
  let house: All;
  let scene: Scene;
  const atFirst = new Map<string, StandInAccount>();
  const atKill = new Map<string, StandInAccount>();
  const evidence = new Map<string, readonly EvidenceEntry[]>();

  beforeAll(async () => {
    house = await startAll({ people: [disabling, stripping] });
    lookAtAll(atFirst);
    scene = await Scene.start({ house, targets });
    const leaver = eventsFrom(Date.now());
    for (const type of targets) hangWrite(type, { after: 1 });
    await scene.post([leaver(stripping, 'tenure.leaver')]);
    await untilHanging(targets.length, 'stripping');
    for (const type of targets) hangWrite(type, { after: 0 });
    await scene.post([leaver(disabling, 'tenure.leaver')]);
    await untilHanging(2 * targets.length, 'disabling');
    await scene.killWorker();
    lookAtAll(atKill);
    await scene.startWorker();
    for (const { id } of [stripping, disabling]) {
      await scene.ended(id);
      evidence.set(id, await scene.store.evidence.list({ personId: id }));
    }
  }, 180_000);

  afterAll(async () => {
    await scene?.stop();
    await house?.stop();
  }, 60_000);

  /** The write after so many others never gets its answer. */
  function hangWrite(type: StandInType, { after }: { readonly after: number }): void {
    const { faults } = house.standIns[type];
    if (after > 0) faults.add({ kind: 'slow', milliseconds: 0, times: after });
    faults.add({ kind: 'slow', milliseconds: forever });
  }
  const hanging = () =>
    targets.flatMap((type) => house.standIns[type].requests).filter((one) => one.fault === 'slow' && one.status === 0)
      .length;
  const untilHanging = (count: number, what: string) =>
    scene.until(hanging, (seen) => seen === count, `the worker to hang while ${what} on every target`);

  const keyOf = (id: string, type: StandInType) => `${id} on ${type}`;
  function lookAtAll(into: Map<string, StandInAccount>): void {
    for (const type of targets)
      for (const person of [disabling, stripping]) {
        const [account, ...more] = accountsOf(person, house.standIns[type]);
        if (account === undefined || more.length > 0)
          throw new Error(`${type}: this test is about people with one account`);
        into.set(keyOf(person.id, type), account);
      }
  }
  const entries = (id: string, type: StandInType, step: string) =>
    (evidence.get(id) ?? []).filter((entry) => entry.target === type && entry.step === step);

  test.each(targets)('%s: killed in the disable, the evidence still knows how it was before', (type) => {
    const key = keyOf(disabling.id, type);
    expect(atFirst.get(key)?.enabled).toBe(true);
    expect(atKill.get(key)).toEqual({ ...atFirst.get(key), enabled: false, live: expect.anything() });

    const [disabled, ...more] = entries(disabling.id, type, 'disableAccounts');
    expect(more).toEqual([]);
    expect(disabled).toMatchObject({
      outcome: 'done',
      before: { account: { enabled: true } },
      after: { enabled: false },
    });
    expect(namesOf((disabled?.before as BeforeImage).grants)).toEqual(
      expect.arrayContaining([...(atFirst.get(key)?.groups ?? [])]),
    );
  });

  test.each(targets)('%s: killed in the strip, the evidence still knows all that was taken away', (type) => {
    const key = keyOf(stripping.id, type);
    const held = (accounts: typeof atFirst) => [
      ...(accounts.get(key)?.groups ?? []),
      ...(accounts.get(key)?.roles ?? []),
    ];
    expect(atKill.get(key)?.enabled).toBe(false);
    expect(held(atKill).length).toBeLessThan(held(atFirst).length);

    const [stripped, ...more] = entries(stripping.id, type, 'stripEntitlements');
    expect(more).toEqual([]);
    expect(stripped?.outcome).toBe('done');
    expect(namesOf((stripped?.data as { readonly removed: readonly Grant[] }).removed)).toEqual(
      expect.arrayContaining(held(atFirst)),
    );
  });

  test.each(targets)('%s: no change was sent twice, and everything is gone', (type) => {
    const own = [disabling, stripping].map(({ id }) => atFirst.get(keyOf(id, type))?.id ?? '?');
    const ofOnePerson = twoChangesByOneCall.includes(type) ? 2 : 1;
    const changes = house.standIns[type].requests
      .filter((one) => one.write)
      .map(({ method, path }) => `${method} ${path}`);
    const tooOften = changes.filter((call) => {
      const isPersonal = own.some((id) => call.split(/[/:]/).includes(id));
      // A group's own path is called once for each of the two.
      return changes.filter((other) => other === call).length > (isPersonal ? ofOnePerson : 2);
    });
    expect(tooOften).toEqual([]);
    expect(changes.length).toBeGreaterThanOrEqual(4);
    for (const person of [disabling, stripping])
      for (const account of accountsOf(person, house.standIns[type])) {
        expect(account).toMatchObject({ enabled: false, groups: [], roles: [], deleted: false });
        expect(Object.values(account.live).filter((count) => count > 0)).toEqual([]);
      }
  });

  test('every chain of evidence is whole', async () => {
    expect(await scene.store.evidence.verify()).toMatchObject({ intact: true, faults: [] });
  });
});

function namesOf(grants: readonly Grant[] | undefined): readonly string[] {
  return (grants ?? []).map(({ entitlement }) => entitlement.name ?? entitlement.id);
}
