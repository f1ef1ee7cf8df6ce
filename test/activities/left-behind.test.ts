import { startCyberArkPrivilegeCloud } from '../../sandbox/cyberark-privilege-cloud';
import type { SeedPerson, StandIn } from '../../sandbox/core';
import { vendorDialect } from '../connectors/cyberark-pvwa/rig';
import { deskOn, knownAt, runStep, stepFor } from './desk';

// A role is a safe that names the user directly in this stand-in.
const ann: SeedPerson = {
  ...{ id: 'ann', username: 'ann@acme.test', email: 'ann@acme.test', displayName: 'Ann' },
  ...{ groups: ['Operators'], roles: ['Payroll'], sessions: 0 },
};

describe('what an account leaves behind', () => {
  let standIn: StandIn;
  beforeEach(async () => {
    standIn = await startCyberArkPrivilegeCloud({ profile: 'vendor', people: [ann] });
  });
  afterEach(async () => standIn.stop());

  test('safes that named the user are handed over by name, at no request more', async () => {
    const desk = deskOn(standIn, { options: vendorDialect });
    const { before, accounts } = await runStep(desk, 'disableAccounts', stepFor(ann));
    const report = await runStep(desk, 'stripEntitlements', { ...stepFor(ann), accounts, before });
    const words = [expect.stringMatching(/^left behind by ann@acme\.test: safe Payroll /)];
    expect(report.handOver?.filter((item) => item.startsWith('left behind'))).toEqual(words);
    expect(report.evidence[0]?.data).toMatchObject({ owned: [{ kind: 'safe', id: 'Payroll' }], handOver: words });
    expect(standIn.account(ann.username)?.roles).toEqual([]);

    // A later attempt sees no safe any more: the image tells.
    const again = await runStep(desk, 'stripEntitlements', { ...stepFor(ann), accounts, before });
    expect(again.handOver).toEqual(expect.arrayContaining(words));
  });

  test('a vault that is not asked for safes invents none', async () => {
    const { safes: _off, ...dialect } = vendorDialect;
    const desk = deskOn(standIn, { options: dialect });
    expect(desk.connector.owned).toBeUndefined();
    const accounts = [await knownAt(desk, ann.username)];
    const report = await runStep(desk, 'stripEntitlements', { ...stepFor(ann), accounts, before: {} });
    expect(report.handOver?.some((item) => item.startsWith('left behind'))).toBe(false);
    expect(report.handOver?.some((item) => item.startsWith('safe:'))).toBe(true);
  });
});
