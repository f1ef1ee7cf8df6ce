import type { Call, Connector, Exchange } from '../../../connectors/connector';
import { ConnectorError, errorTable } from '../../../connectors/errors';
import { asked, call, cloudRig, found, hostedRig, person } from './rig';

let stop: () => Promise<void> = async () => undefined;
afterEach(() => stop());

const rigs = { cloud: cloudRig, 'self-hosted': hostedRig } as const;
type Deployment = keyof typeof rigs;
const deployments = Object.keys(rigs) as Deployment[];

async function open(deployment: Deployment, people = [person('anna'), person('annaliese')]) {
  const rig = await rigs[deployment]({ standIn: { people, terminateDelayMs: 20 }, options: { pageSize: 2 } });
  stop = () => rig.vendor.stop();
  return rig;
}

/** As Temporal would: again and again, but only where the error table says that it may help. */
async function persist<T>(step: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      if (!errorTable[error.name].retryable || attempt >= 60) throw error;
    }
  }
}

async function leave(connector: Connector): Promise<void> {
  const account = await persist(() => found(connector, 'anna'));
  await persist(() => connector.setAccountEnabled(account, false, call));
  await persist(async () => {
    await connector.revoke(account, await connector.listGrants(account, call), call);
    if ((await connector.listGrants(account, call)).length > 0) throw new Error('still holds groups');
  });
  const { sessions } = connector;
  if (sessions === undefined) throw new Error('no sessions');
  for (;;) {
    const live = await persist(() => sessions.list(account, call));
    if (live.length === 0) break;
    for (const one of live) await persist(() => sessions.end(one, account, call));
  }
  await persist(() => connector.deleteAccount(account, call));
}

test.each(deployments.flatMap((deployment) => [1, 2, 3, 4].map((seed) => [deployment, seed] as const)))(
  'a whole leaver gets through a vendor that breaks one request in four (%s, seed %i)',
  async (deployment, seed) => {
    const { connector, vendor } = await open(deployment);
    vendor.faults.chaos({ seed, rate: 0.25, milliseconds: 20 });
    await leave(connector);
    vendor.faults.clear();
    expect(vendor.account('anna')).toMatchObject({
      deleted: true,
      enabled: false,
      groups: [],
      live: { 'psm-session': 0 },
    });
    expect(vendor.account('annaliese')).toMatchObject({
      deleted: false,
      enabled: true,
      groups: ['Admins', 'Auditors'],
      live: { 'psm-session': 2 },
    });
    expect(vendor.requests.filter(({ fault }) => fault !== undefined).length).toBeGreaterThan(0);
  },
);

test.each(deployments)('no secret shows in an error, an exchange or a path (%s)', async (deployment) => {
  const { connector, vendor } = await open(deployment);
  const exchanges: Exchange[] = [];
  const errors: string[] = [];
  const noting: Call = { ...call, noteExchange: (exchange) => exchanges.push(exchange) };
  const password = 'Planted-Secret-4711';
  const secrets = [password, vendor.auth['clientSecret'] ?? vendor.auth['password'] ?? ''];
  for (const kind of ['server-error', 'malformed-json', 'html', 'error-after-commit', 'throttled'] as const) {
    vendor.faults.add({ kind, path: '/Users', method: 'POST' });
    const wanted = { username: `new-${kind}`, initialPassword: password };
    await connector.createAccount(wanted, noting).catch((error: unknown) => errors.push(describeError(error)));
  }
  expect(errors).toHaveLength(5);
  expect(exchanges.length).toBeGreaterThan(5);
  for (const secret of secrets) expect(JSON.stringify([exchanges, errors])).not.toContain(secret);
});

test.each(deployments)('nothing is written while the emergency stop refuses (%s)', async (deployment) => {
  const { connector, vendor } = await open(deployment);
  const account = await found(connector, 'anna');
  const held = await connector.listGrants(account, call);
  const stopped: Call = { ...call, beforeWrite: () => Promise.reject(new Error('stopped')) };
  const [live] = (await connector.sessions?.list(account, call)) ?? [];
  if (live === undefined) throw new Error('no session');
  const writes = [
    () => connector.setAccountEnabled(account, false, stopped),
    () => connector.revoke(account, held, stopped),
    () => connector.sessions?.end(live, account, stopped),
    () => connector.deleteAccount(account, stopped),
    () => connector.createAccount({ username: 'x', initialPassword: 'y' }, stopped),
  ];
  for (const write of writes) await expect(write()).rejects.toThrow('stopped');
  expect(vendor.requests.some(({ write }) => write)).toBe(false);
});

test.each(deployments)('a step that is cancelled asks no more (%s)', async (deployment) => {
  const { connector, vendor } = await open(deployment);
  const account = await found(connector, 'anna');
  const abort = new AbortController();
  vendor.faults.add({ kind: 'slow', method: 'PUT', milliseconds: 2000 });
  const step = connector.setAccountEnabled(account, false, { ...call, signal: abort.signal });
  const refused = expect(step).rejects.toThrow('cancelled by a person');
  while (!asked(vendor).some((line) => line.startsWith('PUT'))) await new Promise((resolve) => setTimeout(resolve, 5));
  abort.abort(new Error('cancelled by a person'));
  await refused;
  expect(asked(vendor).at(-1)).toMatch(/^PUT/);
});

test.each(deployments)(
  'a vendor that is away is unavailable, and found again when it is back (%s)',
  async (deployment) => {
    const { connector, vendor } = await open(deployment);
    await found(connector, 'anna');
    vendor.faults.down();
    await expect(found(connector, 'anna')).rejects.toMatchObject({ name: 'VendorUnavailable' });
    vendor.faults.up();
    expect((await persist(() => found(connector, 'anna'))).username).toBe('anna');
  },
);

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const context = error instanceof ConnectorError ? { ...error.context, cause: undefined } : {};
  return JSON.stringify([error.name, error.message, context, error.stack, describeError(error.cause)]);
}
