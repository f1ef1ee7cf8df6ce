import type { Progress, StepProgress } from '../../domain/flow';
import type { StandIn } from '../../sandbox';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const appliance = 'beyondtrust-rest';
const vault = 'cyberark-privilege-cloud';
const people = [
  seedPerson('f1', { extraUsernames: ['f1@acme.test-adm'] }),
  ...['f2', 'f3', 'f4', 'f5', 'f6', 'f7', 'f8', 'f9'].map((id) => seedPerson(id)),
];
const person = (id: string) => people.find((one) => one.id === id) ?? seedPerson(id);
const by = 'ann@acme.test';

describe('finding accounts', () => {
  let rig: Rig;
  beforeAll(async () => {
    const correlation = { by: ['externalId', 'username', 'email'], extraUsernames: ['{username}-adm'] };
    rig = await Rig.start({
      types: [appliance, vault],
      people,
      targets: { [appliance]: { correlation }, [vault]: { correlation } },
    });
  }, 120_000);
  afterAll(async () => rig.stop(), 120_000);

  const account = (target: string, username: string) => rig.standIn(target).account(username);
  const accountId = (target: string, username: string) => account(target, username)?.id ?? 'none';
  const leave = (id: string, more = {}) =>
    rig.send(hrEvent({ ...person(id), ...more }, 'tenure.leaver', { urgent: true }));
  const disabling = (seen: Progress, target: string): StepProgress | undefined =>
    seen.targets.find((one) => one.id === target)?.steps.find((one) => one.name === 'disableAccounts');
  const stepsOf = (seen: Progress, target: string) =>
    seen.targets
      .find(({ id }) => id === target)
      ?.steps.slice(0, 3)
      .map(({ outcome }) => outcome);
  const allSkipped = ['skipped', 'skipped', 'skipped'];
  const untilParked = (id: string, target: string) =>
    rig.until(
      () => rig.progress(id),
      (seen) => disabling(seen, target)?.outcome === 'parked',
      `${target} to park`,
      60_000,
    );
  const resolve = (id: string, target: string, action: 'retry' | 'skip') =>
    rig.leaver(id).executeUpdate('resolve', { args: [{ target, action, reason: 'looked at it', by }] });
  const changeLink = async (
    action: 'link' | 'unlink',
    personId: string,
    target: string,
    username: string,
    id = accountId(target, username),
  ) =>
    rig.client.workflow.execute('link', {
      workflowId: `${action}:${personId}:${target}:${id}`,
      taskQueue: 'tenure',
      args: [{ action, personId, target, accountId: id, username, reason: 'told so', by }],
    });
  /** Requests that changed anything about this account. */
  const writes = (target: string, id: string) =>
    rig.standIn(target).requests.filter((one) => one.write && one.path.toLowerCase().split('/').includes(id)).length;

  test('several accounts of one person are found by the union of keys, and each is linked by its id', async () => {
    await leave('f1');
    await rig.ended('f1');
    for (const username of ['f1@acme.test', 'f1@acme.test-adm'])
      expect(account(vault, username)).toMatchObject({ enabled: false, groups: [] });
    const links = await rig.store.links.of({ personId: 'f1', targetId: vault });
    expect(links.map((link) => link.accountId).sort()).toEqual(
      [accountId(vault, 'f1@acme.test'), accountId(vault, 'f1@acme.test-adm')].sort(),
    );
  });

  test('an account that contradicts the person parks and is not touched; `link` and retry take it', async () => {
    rewrite(rig.standIn(appliance), '"email_address":"f2@acme.test"', '"email_address":"other@acme.test"');
    await leave('f2');
    const seen = await untilParked('f2', appliance);
    expect(disabling(seen, appliance)?.detail).toContain('its e-mail address is other@acme.test');
    const id = accountId(appliance, 'f2@acme.test');
    expect(account(appliance, 'f2@acme.test')?.enabled).toBe(true);
    expect(writes(appliance, id)).toBe(0);
    expect(await changeLink('link', 'f2', appliance, 'f2@acme.test')).toMatchObject({ changed: true });
    await resolve('f2', appliance, 'retry');
    await rig.ended('f2');
    expect(account(appliance, 'f2@acme.test')?.enabled).toBe(false);
  });

  test('`unlink` says that an account is not theirs: it stays as it is', async () => {
    rewrite(rig.standIn(appliance), '"email_address":"f3@acme.test"', '"email_address":"namesake@acme.test"');
    await leave('f3');
    await untilParked('f3', appliance);
    await changeLink('unlink', 'f3', appliance, 'f3@acme.test');
    await resolve('f3', appliance, 'retry');
    const report = await rig.ended('f3');
    expect(account(appliance, 'f3@acme.test')?.enabled).toBe(true);
    expect(account(vault, 'f3@acme.test')?.enabled).toBe(false);
    expect(report).toMatchObject({ outcome: 'complete-with-exceptions' });
    expect(report.exceptions.join()).toContain(`${appliance}: disableAccounts no-account-found`);
  });

  test('a person renamed everywhere is found by the id that was linked', async () => {
    await changeLink('link', 'f4', appliance, 'f4@acme.test');
    await changeLink('link', 'f4', vault, 'f4@acme.test');
    await leave('f4', { username: 'married', email: 'married@acme.test' });
    await rig.ended('f4');
    expect(account(appliance, 'f4@acme.test')?.enabled).toBe(false);
    expect(account(vault, 'f4@acme.test')?.enabled).toBe(false);
  });

  test('a linked account that vanished parks: it may be hidden as well as gone', async () => {
    await changeLink('link', 'f5', vault, 'f5@acme.test', '99999');
    await leave('f5', { username: 'nobody-here', email: 'nobody-here@acme.test' });
    const seen = await untilParked('f5', vault);
    expect(disabling(seen, vault)?.detail).toContain('f5@acme.test (99999) was linked to this person');
    await changeLink('unlink', 'f5', vault, 'f5@acme.test', '99999');
    await changeLink('link', 'f5', appliance, 'f5@acme.test');
    // While nobody was found anywhere, "none here" stays a question; the first account found answers it.
    await untilParked('f5', appliance);
    await resolve('f5', vault, 'retry');
    await untilParked('f5', vault);
    await resolve('f5', appliance, 'retry');
    await rig.ended('f5');
    expect(account(appliance, 'f5@acme.test')?.enabled).toBe(false);
  });

  test('no match anywhere parks every target; nobody is called disabled', async () => {
    await leave('f6', { username: 'unknown', email: 'unknown@acme.test' });
    const seen = await untilParked('f6', vault);
    await untilParked('f6', appliance);
    expect(disabling(seen, vault)?.detail).toContain('no target has an account of this person');
    await resolve('f6', appliance, 'skip');
    await resolve('f6', vault, 'skip');
    const report = await rig.ended('f6');
    expect(report.outcome).toBe('complete-with-exceptions');
    expect(stepsOf(await rig.progress('f6'), vault)).toEqual(allSkipped);
    expect(report.exceptions).toContain(`${vault}: stripEntitlements skipped (skipped by ${by}: looked at it)`);
    expect(account(vault, 'f6@acme.test')?.enabled).toBe(true);
  });

  test('once one target has an account of theirs, "no account" elsewhere is settled without another word', async () => {
    await leave('f8', { username: 'misspelt', email: 'misspelt@acme.test' });
    await untilParked('f8', vault);
    await untilParked('f8', appliance);
    await changeLink('link', 'f8', appliance, 'f8@acme.test');
    await resolve('f8', appliance, 'retry');
    await rig.ended('f8');
    expect(account(appliance, 'f8@acme.test')).toMatchObject({ enabled: false, groups: [] });
    expect(account(vault, 'f8@acme.test')?.enabled).toBe(true);
    expect(stepsOf(await rig.progress('f8'), vault)).toEqual([
      'no-account-found',
      'no-account-found',
      'no-account-found',
    ]);
    const words = (await rig.store.evidence.list({ personId: 'f8' })).filter(({ step }) => step === 'resolve');
    expect(words).toHaveLength(1);
  });

  test('whoever skips a search that parked skips what was to be done with what it found', async () => {
    rewrite(rig.standIn(appliance), '"email_address":"f9@acme.test"', '"email_address":"doubtful@acme.test"');
    await leave('f9');
    await untilParked('f9', appliance);
    await resolve('f9', appliance, 'skip');
    await rig.ended('f9');
    const seen = await rig.progress('f9');
    expect(stepsOf(seen, appliance)).toEqual(allSkipped);
    for (const { detail } of seen.targets.find(({ id }) => id === appliance)?.steps.slice(0, 3) ?? [])
      expect(detail).toBe(`skipped by ${by}: looked at it`);
  });

  test('an account that is linked to somebody else parks and is not touched', async () => {
    await changeLink('link', 'owner', vault, 'f7@acme.test');
    await leave('f7');
    const seen = await untilParked('f7', vault);
    expect(disabling(seen, vault)?.detail).toContain('linked to somebody else');
    expect(writes(vault, accountId(vault, 'f7@acme.test'))).toBe(0);
    expect(await changeLink('link', 'f7', vault, 'f7@acme.test')).toMatchObject({
      changed: false,
      detail: expect.stringContaining('owner'),
    });
    await resolve('f7', vault, 'skip');
    await rig.ended('f7');
    expect(account(vault, 'f7@acme.test')?.enabled).toBe(true);
    expect(account(appliance, 'f7@acme.test')?.enabled).toBe(false);
  });
});

/** Changes the vendor's own record, as its administrator would in the console. */
function rewrite(standIn: StandIn, from: string, to: string): void {
  const before = JSON.stringify(standIn.save());
  expect(before).toContain(from);
  standIn.restore(JSON.parse(before.replaceAll(from, to)));
}
