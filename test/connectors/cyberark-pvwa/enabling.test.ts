import { Unobservable, VendorConflict, VendorIgnoredWrite, VendorRejected } from '../../../connectors/errors';
import { refuse } from '../../../sandbox/cyberark-pvwa';
import { asked, call, cloudRig, found, vendorDialect } from './rig';

type Rig = Awaited<ReturnType<typeof cloudRig>>;
let rig: Rig;
afterEach(() => rig.vendor.stop());

const open = async (...[options]: Parameters<typeof cloudRig>) => (rig = await cloudRig(options));
const userOf = (name: string) => rig.vendor.vault.user(rig.vendor.account(name)?.id ?? '');

describe('disabling', () => {
  test('changes that flag and nothing else, and ends no session', async () => {
    const { connector, vendor } = await open();
    const before = userOf('anna');
    const account = await found(connector, 'anna');
    expect(await connector.setAccountEnabled(account, false, call)).toMatchObject({
      change: 'done',
      after: { enabled: false },
    });
    expect(userOf('anna')).toEqual({ ...before, enableUser: false });
    expect(vendor.account('anna')).toMatchObject({ groups: ['Admins', 'Auditors'], live: { 'psm-session': 2 } });
    expect(await connector.setAccountEnabled(account, false, call)).toMatchObject({ change: 'already' });
    const { id } = account;
    const search = ['GET /Users', `GET /Users/${id}`];
    expect(asked(vendor)).toEqual([
      ...search,
      `GET /Users/${id}`,
      `PUT /Users/${id}`,
      `GET /Users/${id}`,
      `GET /Users/${id}`,
    ]);
  });

  test('keeps what only the vendor’s nested shape has', async () => {
    const { connector } = await open({
      standIn: { profile: 'vendor' },
      options: { ...vendorDialect, disableStyle: 'put-merged' },
    });
    const before = userOf('anna');
    await connector.setAccountEnabled(await found(connector, 'anna'), false, call);
    expect(userOf('anna')).toEqual({ ...before, enableUser: false });
  });

  test('by the endpoint of newer versions', async () => {
    const { connector, vendor } = await open({ standIn: { profile: 'vendor' }, options: vendorDialect });
    const account = await found(connector, 'anna');
    await connector.setAccountEnabled(account, false, call);
    expect(asked(vendor)).toContain(`POST /Users/${account.id}/disable/`);
    await connector.setAccountEnabled(account, true, call);
    expect(userOf('anna').enableUser).toBe(true);
  });

  test('put-bare sends the seed’s body and nothing else', async () => {
    const { connector } = await open({ standIn: { putNeedsName: false }, options: { disableStyle: 'put-bare' } });
    await connector.setAccountEnabled(await found(connector, 'anna'), false, call);
    expect(userOf('anna')).toMatchObject({ enableUser: false, email: '' });
  });

  test.each(['location', 'email', 'passwordNeverExpires', 'authenticationMethod', 'distinguishedName'])(
    'is refused while %s is not shown, since the PUT would reset it',
    async (field) => {
      const { connector, vendor } = await open();
      const account = await found(connector, 'anna');
      vendor.faults.add({ kind: 'missing-field', field, path: '/Users/\\d+$', method: 'GET' });
      const attempt = connector.setAccountEnabled(account, false, call);
      await expect(attempt).rejects.toThrow(Unobservable);
      await expect(attempt).rejects.toThrow(field);
      expect(vendor.requests.some(({ write }) => write)).toBe(false);
    },
  );

  test('goes on without a field that the options let the PUT reset', async () => {
    const { connector, vendor } = await open({ options: { mayReset: ['location'] } });
    const account = await found(connector, 'anna');
    vendor.faults.add({ kind: 'missing-field', field: 'location', path: '/Users/\\d+$', method: 'GET' });
    expect(await connector.setAccountEnabled(account, false, call)).toMatchObject({ change: 'done' });
  });

  test('leaves out what this version refuses in a PUT', async () => {
    const standIn = { refusedOnUpdate: ['authenticationMethod'] };
    const { connector, vendor } = await open({ standIn });
    await expect(connector.setAccountEnabled(await found(connector, 'anna'), false, call)).rejects.toThrow(
      VendorRejected,
    );
    await vendor.stop();
    const other = await open({ standIn, options: { dropOnUpdate: ['authenticationMethod'] } });
    expect(await other.connector.setAccountEnabled(await found(other.connector, 'anna'), false, call)).toMatchObject({
      change: 'done',
    });
  });

  test('an enableUser that is not shown is unknown, never false', async () => {
    const { connector, vendor } = await open();
    const account = await found(connector, 'anna');
    vendor.faults.add({ kind: 'missing-field', field: 'enableUser', path: '/Users/\\d+$', times: 2 });
    expect(await connector.getAccount(account.id, call)).not.toHaveProperty('enabled');
    await expect(connector.setAccountEnabled(account, false, call)).rejects.toThrow(Unobservable);
  });

  test('a success without effect is noticed', async () => {
    const { connector, vendor } = await open();
    const account = await found(connector, 'anna');
    vendor.faults.add({ kind: 'no-effect', method: 'PUT' });
    await expect(connector.setAccountEnabled(account, false, call)).rejects.toThrow(VendorIgnoredWrite);
  });

  test('a vault that is busy is tried again, whatever status says so', async () => {
    const { connector, vendor } = await open();
    const account = await found(connector, 'anna');
    const held = await connector.listGrants(account, call);
    for (const change of [
      () => connector.setAccountEnabled(account, false, call),
      () => connector.revoke(account, held, call),
      () => connector.deleteAccount(account, call),
    ]) {
      vendor.vault.busyChanges = 1;
      await expect(change()).rejects.toMatchObject({ name: 'VendorUnavailable', context: { code: 'ITADM111E' } });
      await change();
    }
    expect(vendor.account('anna')).toMatchObject({ deleted: true, groups: [] });
  });

  test('suspended is not disabled, and enabling looks at both', async () => {
    const { connector, vendor } = await open();
    vendor.vault.setSuspended(userOf('anna'), true);
    const account = await found(connector, 'anna');
    expect(account).toMatchObject({ enabled: true, vendorState: 'enableUser=true, suspended=true' });
    expect(await connector.setAccountEnabled(account, false, call)).toMatchObject({ change: 'done' });
    expect(userOf('anna')).toMatchObject({ enableUser: false, suspended: true });
    expect(await connector.setAccountEnabled(account, true, call)).toMatchObject({
      change: 'done',
      after: { enabled: true },
    });
    expect(userOf('anna')).toMatchObject({ enableUser: true, suspended: false });
  });

  test('a directory’s user can be disabled, its fields cannot be changed', async () => {
    const { connector } = await open({ standIn: { ldapUsers: ['anna'] }, options: { resetPasswordOnDisable: true } });
    const account = await found(connector, 'anna');
    expect(await connector.setAccountEnabled(account, false, call)).toMatchObject({ change: 'done' });
    await expect(connector.updateAccount(account, { email: 'x@acme.test' }, call)).rejects.toThrow('directory');
  });

  test.each(['PUT', 'DELETE', 'POST'])(
    'the further locks have run when the disable has, a lost reply to %s or not',
    async (method) => {
      const options = { resetPasswordOnDisable: true, clearSshKeysOnDisable: true };
      const { connector, vendor } = await open({ standIn: { sshKeys: 2 }, options });
      const account = await found(connector, 'anna');
      vendor.faults.add({ kind: 'reply-lost', method });
      await expect(connector.setAccountEnabled(account, false, call)).rejects.toThrow('');
      if (vendor.account('anna')?.enabled !== false) await connector.setAccountEnabled(account, false, call);
      expect(vendor.account('anna')).toMatchObject({ enabled: false, live: { 'ssh-key': 0 } });
      expect(vendor.vault.passwordOf(userOf('anna'))).toMatch(/^.{32}$/);
    },
  );

  test('a lock that the vault refuses does not hold up the disable, and is told', async () => {
    const { connector, vendor } = await open({ options: { resetPasswordOnDisable: true } });
    const account = await found(connector, 'anna');
    vendor.vault.setPassword = () => {
      throw refuse.notAllowed('no right to reset');
    };
    const attempt = connector.setAccountEnabled(account, false, call);
    await expect(attempt).rejects.toThrow(VendorRejected);
    await expect(attempt).rejects.toThrow('no right to reset');
    expect(vendor.account('anna')?.enabled).toBe(false);
  });

  test('a step that finds, looks and disables reads the record once before and once after', async () => {
    const { connector, vendor } = await open();
    const account = await found(connector, 'anna', call);
    await connector.listGrants(account, call);
    await connector.setAccountEnabled(account, false, call);
    const record = `/Users/${account.id}`;
    expect(asked(vendor)).toEqual(['GET /Users', `GET ${record}`, `PUT ${record}`, `GET ${record}`]);
  });

  test('so does one whose search showed enough: a row is never what a record is replaced from', async () => {
    const options = { ...vendorDialect, disableStyle: 'put-merged', safes: false };
    const { connector, vendor } = await open({ standIn: { profile: 'vendor' }, options });
    const account = await found(connector, 'anna', call);
    await connector.listGrants(account, call);
    await connector.setAccountEnabled(account, false, call);
    const record = `/Users/${account.id}`;
    expect(asked(vendor)).toEqual(['GET /Users', `GET ${record}`, `PUT ${record}`, `GET ${record}`]);
  });

  test('another step, or one that has written since, reads again', async () => {
    const { connector, vendor } = await open();
    const account = await found(connector, 'anna', call);
    vendor.vault.replace(
      userOf('anna'),
      { ...userOf('anna'), location: '\\Moved' },
      { shape: 'flat', needsName: true },
    );
    await connector.setAccountEnabled(account, false, { ...call });
    expect(userOf('anna')).toMatchObject({ enableUser: false, location: '\\Moved' });
    const again = await connector.getAccount(account.id, call);
    if (again === undefined) throw new Error('gone');
    await connector.setAccountEnabled(again, true, call);
    vendor.vault.replace(
      userOf('anna'),
      { ...userOf('anna'), location: '\\Again' },
      { shape: 'flat', needsName: true },
    );
    await connector.setAccountEnabled(again, false, call);
    expect(userOf('anna')).toMatchObject({ enableUser: false, location: '\\Again' });
  });

  test('a user that is gone is a conflict that somebody looks at', async () => {
    const { connector, vendor } = await open();
    const account = await found(connector, 'anna');
    vendor.vault.remove(userOf('anna'));
    await expect(connector.setAccountEnabled(account, false, call)).rejects.toThrow(VendorConflict);
  });
});
