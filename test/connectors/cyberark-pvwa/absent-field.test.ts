import { Unobservable } from '../../../connectors/errors';
import { userSchema } from '../../../connectors/cyberark-pvwa/mapping';
import { ShownFields } from '../../../connectors/cyberark-pvwa/shown-field';
import { asked, call, cloudRig, found, person, vendorDialect } from './rig';

type Rig = Awaited<ReturnType<typeof cloudRig>>;
let rig: Rig | undefined;
afterEach(async () => {
  await rig?.vendor.stop();
  rig = undefined;
});

const open = async (...[options]: Parameters<typeof cloudRig>) => (rig = await cloudRig(options));
const userOf = ({ vendor }: Rig, name: string) => vendor.vault.user(vendor.account(name)?.id ?? '');
const user = (fields: object) => userSchema.parse({ id: 12, username: 'jdoe', ...fields });

describe('a version whose users show no more than seed 002 prints', () => {
  test('disables and enables, and says nothing of the fields that it does not have', async () => {
    const here = await open({ standIn: { profile: 'printed' } });
    const before = userOf(here, 'anna');
    const account = await found(here.connector, 'anna');
    expect(await here.connector.setAccountEnabled(account, false, call)).toMatchObject({ change: 'done' });
    expect(userOf(here, 'anna')).toEqual({ ...before, enableUser: false });
    expect(await here.connector.setAccountEnabled(account, true, call)).toMatchObject({ change: 'done' });
    expect(userOf(here, 'anna')).toEqual(before);
  });

  test('one other user is looked at, once', async () => {
    const { connector, vendor } = await open({ standIn: { profile: 'printed' } });
    const account = await found(connector, 'anna');
    await connector.setAccountEnabled(account, false, { ...call });
    const own = `/Users/${account.id}`;
    const witness = expect.stringMatching(/^GET \/Users\/\d+$/);
    const first = ['GET /Users', `GET ${own}`, `GET ${own}`, 'GET /Users', witness, `GET ${own}`];
    expect(asked(vendor)).toEqual([...first, `PUT ${own}`, `GET ${own}`]);
    expect(asked(vendor)[4]).not.toBe(`GET ${own}`);
    const other = await found(connector, 'annaliese');
    const soFar = asked(vendor).length;
    await connector.setAccountEnabled(other, false, { ...call });
    expect(asked(vendor).slice(soFar)).toEqual(['GET', 'PUT', 'GET'].map((verb) => `${verb} /Users/${other.id}`));
  });

  test('check names them', async () => {
    const { connector } = await open({ standIn: { profile: 'printed' }, options: {} });
    expect((await connector.check(call)).findings).toContainEqual({
      ...{ name: 'whole user visible', state: 'unknown' },
      detail: expect.stringMatching(/^no user of this vault shows location, .*authenticationMethod: /),
    });
  });

  test('a change of such a field is told as not shown, one that is shown is proven', async () => {
    const { connector } = await open({ standIn: { profile: 'printed' } });
    const account = await found(connector, 'anna');
    const changes = { familyName: 'Berg', attributes: { location: '\\Leavers' } };
    expect(await connector.updateAccount(account, changes, call)).toMatchObject({
      ...{ change: 'done', notShown: ['location'], after: { displayName: 'Anna Berg' } },
    });
  });
});

test.each(['location', 'email', 'passwordNeverExpires', 'authenticationMethod', 'distinguishedName'])(
  'the very first record may hide %s: another one shows that the vault has it',
  async (field) => {
    const { connector, vendor } = await open();
    const { id } = vendor.account('anna') ?? { id: '' };
    vendor.faults.add({ kind: 'missing-field', field, path: `/Users/${id}$`, method: 'GET', times: 9 });
    const account = await found(connector, 'anna');
    const attempt = connector.setAccountEnabled(account, false, call);
    await expect(attempt).rejects.toThrow(Unobservable);
    await expect(attempt).rejects.toThrow(field);
    expect(vendor.requests.some(({ write }) => write)).toBe(false);
  },
);

test('a field that the row of a listing shows is one that the vault has', async () => {
  const { connector, vendor } = await open({
    standIn: { profile: 'vendor', people: [person('anna')] },
    options: { ...vendorDialect, extendedDetails: false, disableStyle: 'put-merged' },
  });
  vendor.faults.add({ kind: 'missing-field', field: 'location', path: '/Users/\\d+$', method: 'GET', times: 9 });
  await expect(connector.setAccountEnabled(await found(connector, 'anna'), false, call)).rejects.toThrow('location');
  expect(vendor.requests.some(({ write }) => write)).toBe(false);
});

test.each(['userType', 'enableUser'])('without %s nothing can be said of a user of any version', async (field) => {
  const { connector, vendor } = await open({ standIn: { absentFields: [field] } });
  await expect(connector.setAccountEnabled(await found(connector, 'anna'), false, call)).rejects.toThrow(Unobservable);
  expect(vendor.requests.some(({ write }) => write)).toBe(false);
});

describe('a distinguished name', () => {
  const local = user({ source: 'CyberArk' });
  const mirrored = user({ source: 'LDAP' });
  const shownBy = (fields: object) => {
    const shown = new ShownFields();
    shown.noteRecord(user(fields));
    return [local, mirrored, user({})].map((one) => shown.has('distinguishedName', one));
  };

  test('that only users of a directory show is none where it is left out', () => {
    expect(shownBy({ source: 'LDAP', distinguishedName: 'CN=jdoe' })).toEqual([false, true, false]);
  });
  test('that others show as empty is hidden where it is left out', () => {
    expect(shownBy({ source: 'CyberArk', distinguishedName: '' })).toEqual([true, true, true]);
  });
  test('that nobody shows is no field of this version', () => {
    expect(shownBy({ source: 'CyberArk' })).toEqual([false, false, false]);
  });
});

test('one record alone witnesses nothing about itself', () => {
  const shown = new ShownFields();
  const [one, other] = [user({}), user({ id: 13 })];
  shown.noteRecord(one);
  expect([shown.isWitnessedBeside(one), shown.isWitnessedBeside(other)]).toEqual([false, true]);
  shown.noteRecord(other);
  expect(shown.isWitnessedBeside(one)).toBe(true);
});
