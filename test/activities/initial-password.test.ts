import type { ProvisionInput } from '../../domain/provisioning';
import type { StandInType } from '../../sandbox';
import { EchoingVendor } from './echoing-vendor';
import { StepBench } from './step-bench';

const vendors: readonly { readonly type: StandInType; readonly attributes: Readonly<Record<string, unknown>> }[] = [
  { type: 'beyondtrust-rest', attributes: { account_type: 'local' } },
  { type: 'cyberark-privilege-cloud', attributes: { userType: 'EPVUser' } },
  { type: 'cyberark-identity-scim', attributes: {} },
];

let bench: StepBench | undefined;
let vendor: EchoingVendor | undefined;
afterEach(async () => {
  await bench?.stop();
  await vendor?.close();
});

/** The password and what it looks like where it was wrapped up. */
function formsOf(password: string): readonly string[] {
  return [
    password,
    encodeURIComponent(password),
    Buffer.from(password).toString('base64').replace(/=+$/, '').slice(2, -2),
  ];
}

async function start({ type, attributes }: (typeof vendors)[number], statuses: number[]) {
  bench = await StepBench.start({
    type,
    at: async (standIn) => (vendor = new EchoingVendor(standIn, statuses)).listen(),
  });
  const desired = [{ target: 'under-test', username: 'aeriksen', attributes, grants: [], because: ['everybody'] }];
  const input: ProvisionInput = { ...bench.input(), desired, renames: false, purpose: 'joiner' };
  return { bench, input };
}

describe.each(vendors)('$type', (one) => {
  test('an initial password is in no history, report, evidence or failure, whatever the vendor repeats of it', async () => {
    const { bench, input } = await start(one, [500, 503, 429]);
    const report = await bench.run('provisionAccounts', input);
    expect(report.parked).toBeUndefined();
    expect(bench.standIn.account('aeriksen')).toMatchObject({ enabled: true });
    const passwords = vendor?.passwords ?? [];
    expect(passwords).toHaveLength(4);
    expect(new Set(passwords).size).toBe(4);
    expectNowhere(passwords, [await bench.histories(), JSON.stringify(report)]);
    expect(report.handOver).toEqual([expect.stringMatching(/^aeriksen: nobody knows its initial password/)]);
  });

  test('nor where the vendor refuses the account and says why', async () => {
    const { bench, input } = await start(one, [400]);
    const report = await bench.run('provisionAccounts', input);
    expect(report).toMatchObject({ parked: { reason: 'rejected' }, accounts: [] });
    expect(vendor?.passwords).toHaveLength(1);
    expectNowhere(vendor?.passwords ?? [], [await bench.histories(), JSON.stringify(report)]);
  });
});

function expectNowhere(passwords: readonly string[], texts: readonly string[]): void {
  for (const text of texts) {
    expect(text.includes('aeriksen')).toBe(true);
    for (const form of passwords.flatMap(formsOf)) expect(text.includes(form)).toBe(false);
  }
}

test('the password goes to the vendor: an account made with it has one of the vendor’s kind', async () => {
  const [first] = vendors;
  if (first === undefined) throw new Error('there is a vendor');
  const { bench, input } = await start(first, []);
  await bench.run('provisionAccounts', input);
  const [password = ''] = vendor?.passwords ?? [];
  expect(password).toMatch(/^(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])(?=.*[!#*\-_.]).{24}$/);
});

test('an account that signs in elsewhere gets no password', async () => {
  const { bench, input } = await start({ type: 'beyondtrust-rest', attributes: { account_type: 'SAML' } }, []);
  const report = await bench.run('provisionAccounts', input);
  expect(vendor?.passwords).toEqual([]);
  expect(report.handOver).toBeUndefined();
  expect(bench.standIn.account('aeriksen')).toMatchObject({ enabled: true });
});
