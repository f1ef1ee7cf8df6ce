import { startGateway } from '../../../client/gateway';
import { startHiBob, type BobStandIn } from '../../../sandbox/hr/hibob';
import { webhookOf } from '../../../sources/registry';
import type { Source } from '../../../sources/source';
import { readableLog } from '../../client/gateway-rig';
import { day, Looker, SecretFolder, sourceFor } from '../rig';

const employee = { firstName: 'Anna', lastName: 'Eriksen', workEmail: 'anna@acme.test', startsOn: '2020-01-01' };
let bob: BobStandIn;
let folder: SecretFolder;
let source: Source;

beforeEach(async () => {
  bob = await startHiBob();
  folder = await SecretFolder.make();
  source = await sourceFor(folder, bob);
});
afterEach(async () => {
  await bob.stop();
  await folder.remove();
});

test('revoke access immediately makes the announced leaver urgent, from the record alone', async () => {
  const id = bob.hire(employee);
  const looker = new Looker(source, id);
  await looker.look();
  bob.terminate(id, { on: day(20), reason: 'Misconduct' });
  expect(webhookOf(source).read(Buffer.from(bob.revokeNow(id).body), 'application/json')).toEqual({
    pings: [{ recordId: id, hint: 'revoke-now' }],
  });
  expect(await looker.look('revoke-now')).toMatchObject([
    { type: 'tenure.leaver', data: { urgent: true, effectiveAt: day(20), reason: 'Misconduct' } },
  ]);
  expect(await looker.look('revoke-now', 'updated')).toEqual([]);
});

test('access ends with the last day of work, the employment later', async () => {
  const id = bob.hire(employee);
  bob.terminate(id, { on: day(20) });
  bob.lastDayOfWork(id, day(10));
  expect(await new Looker(source, id).look()).toMatchObject([
    { data: { effectiveAt: day(10), employmentEndsAt: day(20) } },
  ]);
});

test('garden leave suspends and its end resumes', async () => {
  const id = bob.hire(employee);
  const looker = new Looker(source, id);
  await looker.look();
  bob.gardenLeave(id, true);
  expect(await looker.look()).toMatchObject([{ type: 'tenure.suspended' }]);
  bob.gardenLeave(id, false);
  expect(await looker.look()).toMatchObject([{ type: 'tenure.resumed' }]);
  const other = await sourceFor(folder, bob, { options: { gardenLeaveSuspends: false } });
  const plain = new Looker(other, id);
  await plain.look();
  bob.gardenLeave(id, true);
  expect(await plain.look()).toEqual([]);
});

test('Bob is told that somebody listens, and nothing else is taken without a signature', async () => {
  const gateway = await startGateway({
    ...{ host: '127.0.0.1', port: 0, secrets: [], log: readableLog().log },
    pings: {
      sources: [{ id: 'acme', type: 'hibob', lookAgainMs: 1, webhook: webhookOf(source) }],
      deliver: {
        ping: () => Promise.reject(new Error('no ping is expected')),
        handshake: () => Promise.reject(new Error('no handshake is expected')),
      },
    },
    deliver: () => Promise.reject(new Error('no event comes this way')),
    ready: async () => ({ ready: true }),
  });
  const post = async (body: string, type: string) =>
    (await fetch(`${gateway.url}/hr/hibob/acme`, { method: 'POST', headers: { 'content-type': type }, body })).status;
  try {
    expect(await post('"Ping test"', 'application/json')).toBe(200);
    expect(await post('Ping test', 'text/plain')).toBe(200);
    expect(await post('{"text":"Ping test"}', 'application/json')).toBe(200);
    expect(await post('{"text":"Ping test","type":"employee.left"}', 'application/json')).toBe(401);
    expect(await post('{"type":"employee.left","data":{"employeeId":"1"}}', 'application/json')).toBe(401);
  } finally {
    await gateway.close();
  }
});
