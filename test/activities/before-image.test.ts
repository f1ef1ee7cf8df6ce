import type { TargetDesk } from '../../activities';
import { VendorUnavailable } from '../../connectors/errors';
import { startDelineaRest, type DelineaRestOptions } from '../../sandbox/delinea-rest';
import { startDelineaScim } from '../../sandbox/delinea-scim';
import { DelineaTenant } from '../../sandbox/delinea-tenant';
import type { SeedPerson, StandIn } from '../../sandbox/core';
import { deskOn, runStep, stepFor } from './desk';

const seed = (id: string): SeedPerson => ({
  ...{ id, username: `${id}@acme.test`, email: `${id}@acme.test`, displayName: id },
  ...{ groups: ['Vault Admins', 'Operators'], roles: ['User'], sessions: 0 },
});
const ann = seed('ann');
const ben = seed('ben');

const running: StandIn[] = [];
afterEach(async () => {
  for (const standIn of running.splice(0)) await standIn.stop();
});

interface Both {
  readonly rest: Awaited<ReturnType<typeof startDelineaRest>>;
  readonly scim: StandIn;
  readonly desk: TargetDesk;
}

/** Both surfaces of one tenant take the same client secret, so that one reference serves both. */
async function open(options: DelineaRestOptions = {}, extra: Readonly<Record<string, unknown>> = {}): Promise<Both> {
  const tenant = new DelineaTenant();
  const scim = await startDelineaScim({ tenant, auth: 'client-credentials' });
  const { clientSecret = '' } = scim.auth;
  const rest = await startDelineaRest({ tenant, clientSecret, people: [ann, ben], filterIgnoredEvery: 0, ...options });
  running.push(rest, scim);
  const auth = { ...scim.auth, clientSecret: '${env:PLAY_clientSecret}' };
  return { rest, scim, desk: deskOn(rest, { scim: { baseUrl: scim.baseUrl, auth }, ...extra }) };
}

const breaks: readonly [string, (scim: StandIn) => void, string][] = [
  ['is down', (scim) => scim.faults.down(), 'VendorUnavailable'],
  ['answers 500', (scim) => scim.faults.add({ kind: 'server-error', times: 1000 }), 'VendorUnavailable'],
  ['refuses its token', (scim) => scim.faults.add({ kind: 'expired-token', times: 1000 }), 'TargetMisconfigured'],
];

describe.each(breaks)('the SCIM surface beside Delinea REST %s', (_what, breakIt, waitsWith) => {
  test('leavers are disabled all the same, one after the other; the strip waits, and then goes on by itself', async () => {
    const { rest, scim, desk } = await open();
    breakIt(scim);
    const first = await runStep(desk, 'disableAccounts', stepFor(ann));
    expect(first).toMatchObject({ outcome: 'done', accounts: [{ username: ann.username }] });
    const input = { ...stepFor(ann), accounts: first.accounts, before: first.before };
    await expect(runStep(desk, 'stripEntitlements', input)).rejects.toMatchObject({
      ...{ type: waitsWith, nonRetryable: false },
    });
    expect((await runStep(desk, 'disableAccounts', stepFor(ben))).outcome).toBe('done');
    for (const { username } of [ann, ben]) expect(rest.account(username)?.enabled).toBe(false);

    scim.faults.up();
    scim.faults.clear();
    const stripped = await runStep(desk, 'stripEntitlements', input);
    expect(stripped.outcome).toBe('done');
    expect(rest.account(ann.username)).toMatchObject({ groups: [], roles: [] });
  });

  test('the image shows what the account’s own record shows', async () => {
    const { scim, desk } = await open();
    breakIt(scim);
    const { before, accounts } = await runStep(desk, 'disableAccounts', stepFor(ann));
    const names = before[accounts[0]!.id]?.grants?.map(({ entitlement }) => entitlement.name).sort();
    expect(names).toEqual(['Operators', 'User', 'Vault Admins']);
  });

  test('where it shows none they stay unknown, and the strip tells an undo what it took', async () => {
    const { scim, desk } = await open({ hiddenFields: ['groups'] });
    breakIt(scim);
    const { before, accounts } = await runStep(desk, 'disableAccounts', stepFor(ann));
    const [known] = accounts;
    expect(before[known!.id]).toMatchObject({ account: { enabled: true } });
    expect(before[known!.id]).not.toHaveProperty('grants');
    scim.faults.up();
    scim.faults.clear();
    const { removed, evidence } = await runStep(desk, 'stripEntitlements', { ...stepFor(ann), accounts, before });
    expect(removed[known!.id]?.map(({ entitlement }) => entitlement.name).sort()).toEqual([
      ...['Operators', 'User', 'Vault Admins'],
    ]);
    expect(evidence[0]?.data).toMatchObject({ removed: removed[known!.id] });
  });

  test('the last administrator is told from the REST records', async () => {
    const { rest, scim, desk } = await open({}, { adminGroups: ['Vault Admins'] });
    breakIt(scim);
    expect(await runStep(desk, 'disableAccounts', stepFor(ann))).toMatchObject({ outcome: 'done' });
    const last = await runStep(desk, 'disableAccounts', stepFor(ben));
    expect(last.parked).toMatchObject({ reason: 'last-administrator' });
    expect(rest.account(ben.username)?.enabled).toBe(true);
  });
});

test('a vendor that is busy for a moment is asked once more, so that the image is whole', async () => {
  const { scim, desk } = await open({ hiddenFields: ['groups'] });
  scim.faults.add({ kind: 'server-error', path: '/Users' });
  const { before, accounts } = await runStep(desk, 'disableAccounts', stepFor(ann));
  expect(before[accounts[0]!.id]?.grants).toHaveLength(3);
});

test('whatever the vendor says to the listing of grants is survived, a defect of ours is not', async () => {
  const { rest, desk } = await open();
  const { connector } = desk;
  const refusing = {
    ...connector,
    listGrants: () => Promise.reject(new VendorUnavailable('down', { target: desk.id, operation: 'list grants' })),
  };
  expect(await runStep({ ...desk, connector: refusing }, 'disableAccounts', stepFor(ann))).toMatchObject({
    outcome: 'done',
  });
  const broken = { ...connector, listGrants: () => Promise.reject(new Error('a defect')) };
  await expect(runStep({ ...desk, connector: broken }, 'disableAccounts', stepFor(ben))).rejects.toThrow('a defect');
  expect(rest.account(ben.username)?.enabled).toBe(true);
});
