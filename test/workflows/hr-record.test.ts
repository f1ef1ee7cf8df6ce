import { startBambooHr } from '../../sandbox/hr/bamboohr';
import type { HrStandIn } from '../../sandbox/hr/contract';
import { hrGateway, sourceEntry } from '../rig/hr';
import { Rig, seedPerson } from '../rig/tenure';

const day = (offset: number) => new Date(Date.now() + offset * 24 * 3_600_000).toISOString().slice(0, 10);
const employee = (name: string) => ({
  ...{ firstName: name, lastName: 'Eriksen', workEmail: `${name.toLowerCase()}@acme.test`, startsOn: '2020-01-01' },
  ...{ location: 'Oslo', department: 'Platform' },
});

let bamboo: HrStandIn;
let rig: Rig;
let gateway: Awaited<ReturnType<typeof hrGateway>>;
let anna: string;
let bea: string;

beforeAll(async () => {
  bamboo = await startBambooHr({ locationZones: { Oslo: 'Europe/Oslo' } });
  anna = bamboo.hire(employee('Anna'));
  bea = bamboo.hire(employee('Bea'));
  rig = await Rig.start({
    types: ['beyond-identity'],
    people: [seedPerson(anna, { username: 'anna@acme.test', email: 'anna@acme.test' })],
    sources: (folder) => sourceEntry(folder, bamboo, { lookAgain: 'PT1S' }),
  });
  gateway = await hrGateway(rig);
});
afterAll(async () => {
  await gateway?.close();
  await rig?.stop();
  await bamboo?.stop();
});

/** What `person` has been told of somebody, in order. */
async function told(personId: string): Promise<readonly string[]> {
  return (await rig.store.events.of({ personId })).map(({ event }) => event.id);
}
async function untilTold(personId: string, count: number): Promise<readonly string[]> {
  return await rig.until(
    () => told(personId),
    (ids) => ids.length >= count,
    `${count} events of ${personId}`,
  );
}

test('a ping about an employee who has left takes their access, although BambooHR was down when it came', async () => {
  bamboo.terminate(anna, { on: day(-1), reason: 'Termination (Involuntary)' });
  bamboo.faults.down();

  const answer = await gateway.send(bamboo.message('terminated', anna), 'bamboohr');
  expect(answer.status).toBe(202);
  expect(await answer.json()).toEqual({ accepted: [{ record: anna, workflowId: `hr-record:acme:${anna}` }] });
  bamboo.faults.up();

  expect(await untilTold(anna, 1)).toEqual([`${anna}.1:leaver:${day(-1)}`]);
  await rig.untilProgress(
    anna,
    ({ targets }) => targets[0]?.steps.find(({ name }) => name === 'disableAccounts')?.outcome === 'done',
    'the account to be disabled',
  );
  expect(rig.standIn('beyond-identity').account('anna@acme.test')?.enabled).toBe(false);

  const [kept] = await rig.store.events.of({ personId: anna });
  expect(kept?.event).toMatchObject({ source: '/hr/bamboohr/acme', type: 'tenure.leaver' });
  expect(kept?.event.data).toMatchObject({
    person: { id: anna, email: 'anna@acme.test', timeZone: 'Europe/Oslo', externalIds: { bamboohr: anna } },
    effectiveAt: day(-1),
    reason: 'Termination (Involuntary), Other',
  });
});

test('the same ping again, and again, changes nothing', async () => {
  const message = bamboo.message('terminated', anna);
  for (let times = 0; times < 3; times += 1) expect((await gateway.send(message, 'bamboohr')).status).toBe(202);
  await rig.until(
    async () => (await rig.client.workflow.getHandle(`hr-record:acme:${anna}`).describe()).status.name,
    (status) => status === 'COMPLETED',
    'the record to have been read again',
  );
  expect(await told(anna)).toHaveLength(1);
});

test('an announced end that is moved, then taken back without a ping: seen by looking again', async () => {
  bamboo.terminate(bea, { on: day(20) });
  await gateway.send(bamboo.message('terminated', bea), 'bamboohr');
  expect(await untilTold(bea, 1)).toEqual([`${bea}.1:leaver:${day(20)}`]);
  expect((await rig.untilProgress(bea, ({ state }) => state === 'scheduled')).state).toBe('scheduled');

  bamboo.terminate(bea, { on: day(30) });
  expect(await untilTold(bea, 2)).toEqual([`${bea}.1:leaver:${day(20)}`, `${bea}.2:leaver:${day(30)}`]);

  bamboo.cancelTermination(bea);
  expect((await untilTold(bea, 3)).at(-1)).toBe(`${bea}.3:leaver.cancelled`);
  const last = (await rig.store.events.of({ personId: bea })).at(-1);
  expect(last?.event.data.cancels).toBe(`${bea}.2:leaver:${day(30)}`);
  expect((await rig.ended(bea)).outcome).toBe('cancelled');
});

test('a record that its reader may not see whole stands still in sight, and goes on when that is mended', async () => {
  const cleo = bamboo.hire(employee('Cleo'));
  bamboo.terminate(cleo, { on: day(10) });
  bamboo.hide('employmentStatus');
  await gateway.send(bamboo.message('changed', cleo), 'bamboohr');
  const workflow = rig.client.workflow.getHandle(`hr-record:acme:${cleo}`);
  await rig.until(
    async () => (await workflow.fetchHistory()).events?.some((event) => event.timerStartedEventAttributes != null),
    (isWaiting) => isWaiting === true,
    'the record to wait',
  );
  expect(await told(cleo)).toEqual([]);
  bamboo.show('employmentStatus');
  await gateway.send(bamboo.message('changed', cleo), 'bamboohr');
  expect(await untilTold(cleo, 1)).toEqual([`${cleo}.1:leaver:${day(10)}`]);
  await workflow.terminate('the test is over');
});

test('a record that is gone is no leaver: evidenced, nothing else', async () => {
  const dora = bamboo.hire({ ...employee('Dora'), startsOn: day(40) });
  await gateway.send(bamboo.message('hired', dora), 'bamboohr');
  expect(await untilTold(dora, 1)).toEqual([`${dora}.1:joiner:${day(40)}`]);
  bamboo.remove(dora);
  await gateway.send(bamboo.message('removed', dora), 'bamboohr');
  const entries = await rig.until(
    () => rig.store.evidence.list({ personId: dora }),
    (seen) => seen.some(({ outcome }) => outcome === 'record-gone'),
    'the absence to be evidenced',
  );
  expect(entries.map(({ kind }) => kind)).not.toContain('step');
  expect(await told(dora)).toHaveLength(1);
});
