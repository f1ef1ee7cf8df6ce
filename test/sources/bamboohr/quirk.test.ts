import { createHmac } from 'node:crypto';
import { startBambooHr } from '../../../sandbox/hr/bamboohr';
import type { HrStandIn } from '../../../sandbox/hr/contract';
import { recordOf } from '../../../sources/bamboohr/mapping';
import { webhookOf } from '../../../sources/registry';
import type { Source } from '../../../sources/source';
import { day, Looker, SecretFolder, sourceFor } from '../rig';

const employee = { firstName: 'Anna', lastName: 'Eriksen', workEmail: 'anna@acme.test', startsOn: '2020-01-01' };
let bamboo: HrStandIn;
let folder: SecretFolder;
let source: Source;

beforeEach(async () => {
  bamboo = await startBambooHr();
  folder = await SecretFolder.make();
  source = await sourceFor(folder, bamboo);
});
afterEach(async () => {
  await bamboo.stop();
  await folder.remove();
});

test('the signature is over the body and then the timestamp, nothing between them', () => {
  const rawBody = Buffer.from('{"a":1}');
  const signature = createHmac('sha256', bamboo.webhookSecret).update('{"a":1}1658248023').digest('hex');
  const stripeLike = createHmac('sha256', bamboo.webhookSecret).update('1658248023.{"a":1}').digest('hex');
  const verify = (given: string) =>
    webhookOf(source).verify({
      headers: { 'x-bamboohr-timestamp': '1658248023', 'x-bamboohr-signature': given },
      ...{ rawBody, now: new Date(1658248023 * 1000) },
    }).ok;
  expect([verify(signature), verify(signature.toUpperCase()), verify(stripeLike)]).toEqual([true, true, false]);
});

test('forms are read as well, event-based and field-based', () => {
  const { read } = webhookOf(source);
  const form = (text: string) => read(Buffer.from(text), 'application/x-www-form-urlencoded; charset=utf-8');
  expect(form('type=employee.deleted&data[companyId]=1&data[employeeId]=67890')).toEqual({
    pings: [{ recordId: '67890', hint: 'deleted' }],
  });
  expect(form('employees[0][id]=17&employees[0][action]=Created&employees[1][id]=18')).toEqual({
    pings: [
      { recordId: '17', hint: 'created' },
      { recordId: '18', hint: 'updated' },
    ],
  });
  expect(form('data[employeeId]=x')).toHaveProperty('problems');
});

test('field-based webhooks point to several employees at once', () => {
  const body = {
    employees: [{ id: 17, action: 'Updated', changedFields: ['Status'], fields: { Status: 'Inactive' } }],
  };
  expect(webhookOf(source).read(Buffer.from(JSON.stringify(body)), 'application/json')).toEqual({
    pings: [{ recordId: '17', hint: 'updated' }],
  });
});

test('an end by another name is not guessed about: it is asked for', async () => {
  await bamboo.stop();
  bamboo = await startBambooHr({ terminatedStatus: 'Ausgeschieden' });
  source = await sourceFor(folder, bamboo);
  const id = bamboo.hire(employee);
  bamboo.terminate(id, { on: day(-3) });
  await expect(new Looker(source, id).look()).rejects.toThrow(/terminatedStatuses/);
  const told = await sourceFor(folder, bamboo, { options: { terminatedStatuses: ['Terminated', 'ausgeschieden'] } });
  expect(await new Looker(told, id).look()).toMatchObject([{ type: 'tenure.leaver' }]);
});

test('employee numbers can name people, and the manager’s own is then not known', async () => {
  const id = bamboo.hire({ ...employee, managerId: '101' });
  const numbered = await sourceFor(folder, bamboo, {
    person: { idField: 'employeeNumber', usernameField: 'workEmail', timeZones: {} },
  });
  const looker = new Looker(numbered, id);
  await looker.look();
  expect(looker.record?.person).toMatchObject({ id: `E-${id}`, username: 'anna@acme.test' });
  expect(looker.record?.person.manager).toBeUndefined();
});

test('status rows in any order, part-time in between, an empty date and a second end of the same employment', () => {
  const none = { firstName: undefined, lastName: undefined, displayName: undefined, workEmail: undefined };
  const more = { department: undefined, jobTitle: undefined, location: undefined, supervisorEId: undefined };
  const read = (rows: readonly (readonly [string, string, string])[], hireDate?: string) =>
    recordOf({
      ...{ recordId: '17', person: { timeZones: {} }, terminatedStatuses: ['Terminated'] },
      employee: { ...none, ...more, id: '17', status: undefined, hireDate },
      rows: rows.map(([id, date, employmentStatus]) => ({ id, date, employmentStatus })),
    }).employments;
  expect(
    read([
      ['4', '2026-03-01', 'Terminated'],
      ['1', '2020-01-01', 'Full-Time'],
      ['3', '2024-01-01', 'Part-Time'],
      ['6', '2027-01-01', 'Full-Time'],
      ['5', '2026-03-31', 'Terminated'],
    ]),
  ).toEqual([{ startsOn: '2020-01-01', endsOn: '2026-03-31' }, { startsOn: '2027-01-01' }]);
  expect(read([['1', '2026-12-01', 'Full-Time']], '2026-12-15')).toEqual([{ startsOn: '2026-12-15' }]);
  expect(read([], '2026-12-15')).toEqual([{ startsOn: '2026-12-15' }]);
  expect(read([['2', '2026-03-01', 'Terminated']])).toEqual([{ startsOn: '2026-03-01', endsOn: '2026-03-01' }]);
});
