import { ConnectorError } from '../../connectors/errors';
import type { HrStandIn } from '../../sandbox/hr/contract';
import type { Source } from '../../sources/source';
import type { Conformance } from './conformance';
import { day, Looker, SecretFolder, sourceFor } from './rig';

const employee = {
  ...{ firstName: 'Anna', lastName: 'Eriksen', workEmail: 'anna@acme.test', startsOn: '2020-01-01' },
  ...{ department: 'Platform', title: 'SRE', location: 'Oslo', country: 'NO' },
};

export function apiPromises(system: Conformance): void {
  let standIn: HrStandIn;
  let folder: SecretFolder;
  let source: Source;

  beforeEach(async () => {
    standIn = await system.start();
    folder = await SecretFolder.make();
    source = await sourceFor(folder, standIn, {
      ...system.extra,
      person: { timeZones: system.knowsZones ? {} : { Oslo: 'Europe/Oslo' } },
    });
  });
  afterEach(async () => {
    await standIn.stop();
    await folder.remove();
  });
  const lookerAt = (id: string) => new Looker(source, id);
  const types = (events: Awaited<ReturnType<Looker['look']>>) => events.map(({ type }) => type);

  it('reads the person, with the zone of the work location and the id in the HR system', async () => {
    const manager = standIn.hire({ ...employee, firstName: 'Mia' });
    const id = standIn.hire({ ...employee, managerId: manager });
    const looker = lookerAt(id);
    await looker.look();
    expect(looker.record?.person).toMatchObject({
      ...{ id, email: 'anna@acme.test', givenName: 'Anna', familyName: 'Eriksen', displayName: 'Anna Eriksen' },
      ...{ department: 'Platform', title: 'SRE', timeZone: 'Europe/Oslo', manager },
      externalIds: { [system.type]: id },
    });
  });

  it('tells a whole tenure: hired, moved, leaving, another day, taken back, left, rehired', async () => {
    const id = standIn.hire({ ...employee, startsOn: day(10) });
    const looker = lookerAt(id);
    expect((await looker.look('created')).map(({ type, data }) => [type, data.effectiveAt])).toEqual([
      ['tenure.joiner', `${day(10)}T00:00:00`],
    ]);
    expect(await looker.look('updated')).toEqual([]);

    standIn.change(id, { department: 'Research' });
    expect(types(await looker.look('updated'))).toEqual(['tenure.mover']);
    expect(looker.record?.person.department).toBe('Research');

    standIn.terminate(id, { on: day(30), reason: 'Resignation' });
    const [leaver] = await looker.look('updated');
    expect(leaver).toMatchObject({ type: 'tenure.leaver', data: { effectiveAt: day(30) } });
    expect(await looker.look('ended', 'updated')).toEqual([]);

    standIn.terminate(id, { on: day(40), reason: 'Resignation' });
    const [moved] = await looker.look('updated');
    expect(moved).toMatchObject({ type: 'tenure.leaver', data: { effectiveAt: day(40) } });
    expect(moved?.id).not.toBe(leaver?.id);

    standIn.cancelTermination(id);
    expect(await looker.look('updated')).toMatchObject([
      { type: 'tenure.leaver.cancelled', data: { cancels: moved?.id } },
    ]);
  });

  it('tells who has left, and who comes back, and who does not after all', async () => {
    const id = standIn.hire(employee);
    const looker = lookerAt(id);
    await looker.look();
    standIn.terminate(id, { on: day(-2) });
    expect(await looker.look('ended')).toMatchObject([{ type: 'tenure.leaver', data: { effectiveAt: day(-2) } }]);
    expect(await looker.look('ended')).toEqual([]);

    standIn.rehire(id, day(5));
    expect(await looker.look('updated')).toMatchObject([
      { type: 'tenure.rehire', data: { effectiveAt: `${day(5)}T00:00:00` } },
    ]);
    expect(await looker.look('updated')).toEqual([]);
    standIn.cancelRehire(id);
    expect(types(await looker.look('updated'))).toEqual(['tenure.leaver']);
    expect(await looker.look('updated')).toEqual([]);
  });

  it('says that a record is gone, and makes nothing of it', async () => {
    const id = standIn.hire(employee);
    const looker = lookerAt(id);
    await looker.look();
    standIn.remove(id);
    expect(await looker.look('deleted')).toEqual([]);
    expect(looker.record).toBeUndefined();
  });

  it('refuses to guess when what tells an end cannot be seen', async () => {
    const id = standIn.hire(employee);
    standIn.terminate(id, { on: day(3) });
    for (const field of system.vitalFields) standIn.hide(field);
    await expect(lookerAt(id).look()).rejects.toMatchObject({
      name: expect.stringMatching(/^(Unobservable|HrRecordUnusable)$/),
    });
    for (const field of system.vitalFields) standIn.show(field);
    expect(types(await lookerAt(id).look())).toEqual(['tenure.leaver']);
  });

  it.each([
    ['throttled', 'VendorThrottled'],
    ['server-error', 'VendorUnavailable'],
    ['malformed-json', 'VendorAnswerInvalid'],
    ['html', 'VendorAnswerInvalid'],
  ] as const)('fails as %s says, and reads the same record afterwards', async (kind, name) => {
    const id = standIn.hire(employee);
    standIn.terminate(id, { on: day(3) });
    standIn.faults.add({ kind, path: '(employee|people|employer)' });
    const looker = lookerAt(id);
    const failure = await looker.look().then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    expect([failure instanceof ConnectorError, failure?.name]).toEqual([true, name]);
    expect(failure?.message).not.toContain('anna@acme.test');
    expect(types(await looker.look())).toEqual(['tenure.leaver']);
  });

  it('waits for a system that is down, and reads the same record afterwards', async () => {
    const id = standIn.hire(employee);
    standIn.terminate(id, { on: day(3) });
    const looker = lookerAt(id);
    standIn.faults.down();
    await expect(looker.look()).rejects.toMatchObject({ name: 'VendorUnavailable' });
    standIn.faults.up();
    expect(types(await looker.look())).toEqual(['tenure.leaver']);
  });

  it('needs the field that names the person', async () => {
    const id = standIn.hire(employee);
    const other = await sourceFor(folder, standIn, { ...system.extra, person: { idField: 'work.badge' } });
    await expect(new Looker(other, id).look()).rejects.toMatchObject({ name: 'HrRecordUnusable' });
  });

  it('signs on with nothing but what it was given, and shows it to nobody', async () => {
    const id = standIn.hire(employee);
    const wrong = await SecretFolder.make();
    try {
      const secrets = Object.fromEntries(Object.keys(standIn.auth).map((name) => [name, 'wrong-credential']));
      const stranger = await sourceFor(
        wrong,
        { ...standIn, ...{ auth: { ...standIn.auth, ...secrets } } },
        system.extra,
      );
      const failure = await new Looker(stranger, id).look().then(
        () => undefined,
        (error: unknown) => error as Error,
      );
      expect(failure?.name).toBe('VendorUnauthorized');
      expect(failure?.message).not.toContain('wrong-credential');
    } finally {
      await wrong.remove();
    }
  });
}
