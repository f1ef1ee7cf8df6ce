import { startFinch } from '../../../sandbox/hr/finch';
import type { HrStandIn } from '../../../sandbox/hr/contract';
import { webhookOf } from '../../../sources/registry';
import { day, Looker, SecretFolder, sourceFor } from '../rig';

const employee = { firstName: 'Anna', lastName: 'Eriksen', workEmail: 'anna@acme.test', startsOn: '2020-01-01' };
let finch: HrStandIn;
let folder: SecretFolder;

beforeEach(async () => {
  folder = await SecretFolder.make();
});
afterEach(async () => {
  await finch.stop();
  await folder.remove();
});

test('somebody who is terminated without a day leaves now, once', async () => {
  finch = await startFinch({ noEndDates: true });
  const id = finch.hire(employee);
  finch.terminate(id, { on: day(-5) });
  const looker = new Looker(await sourceFor(folder, finch), id);
  const [leaver] = await looker.look();
  expect(leaver).toMatchObject({ id: `${id}.1:leaver:over`, data: { effectiveAt: leaver?.time } });
  expect(await looker.look('updated')).toEqual([]);
});

test('one of several signatures is enough: Finch changes its key too', async () => {
  finch = await startFinch();
  const webhook = webhookOf(await sourceFor(folder, finch));
  const { headers, body } = finch.message('changed', finch.hire(employee));
  const signature = headers['Finch-Signature'] ?? '';
  const verify = (given: string) =>
    webhook.verify({
      headers: {
        'finch-event-id': headers['Finch-Event-ID'],
        'finch-timestamp': headers['Finch-Timestamp'],
        'finch-signature': given,
      },
      ...{ rawBody: Buffer.from(body), now: new Date() },
    }).ok;
  expect(verify(`v1,${Buffer.alloc(32).toString('base64')} ${signature}`)).toBe(true);
  expect(verify(signature.replace('v1,', 'v2,'))).toBe(false);
});

test('a key that is no base64 is our fault, not the sender’s', async () => {
  finch = await startFinch();
  const source = await sourceFor(folder, finch, { webhookSecrets: [await folder.keep('odd', 'no base64!')] });
  const { headers, body } = finch.message('changed', finch.hire(employee));
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const verified = webhookOf(source).verify({ headers: lower, rawBody: Buffer.from(body), now: new Date() });
  expect(verified).toMatchObject({ ok: false, ours: true, reason: 'secret ${file:odd}: not base64' });
});

test('personal addresses are nobody’s account', async () => {
  finch = await startFinch();
  const looker = new Looker(await sourceFor(folder, finch), finch.hire(employee));
  await looker.look();
  expect(JSON.stringify(looker.record)).not.toContain('private.test');
});
