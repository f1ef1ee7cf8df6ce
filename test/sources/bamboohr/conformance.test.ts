import { createHmac } from 'node:crypto';
import { startBambooHr } from '../../../sandbox/hr/bamboohr';
import { testSource } from '../conformance';

testSource({
  type: 'bamboohr',
  start: () => startBambooHr({ locationZones: { Oslo: 'Europe/Oslo' } }),
  nextSecret: 'the-next-private-key-of-the-webhook',
  signatureHeader: 'X-BambooHR-Signature',
  windowSeconds: 10_800,
  malformed: [
    { body: {}, paths: ['type', 'data'] },
    { body: { type: 'employee.updated' }, paths: ['data'] },
    { body: { type: 'employee.updated', data: { employeeId: '0' } }, paths: ['data.employeeId'] },
    { body: { type: 'employee.updated', data: { employeeId: '../1' } }, paths: ['data.employeeId'] },
    { body: { employees: [] }, paths: ['employees'] },
    { body: { employees: [{ id: '17' }, { id: 'x' }, {}] }, paths: ['employees[1].id', 'employees[2].id'] },
  ],
  otherMessages: [{ type: 'company.updated', data: { companyId: '1' } }],
  sign: (body, secret) => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', secret).update(`${body}${timestamp}`).digest('hex');
    const headers = { 'X-BambooHR-Timestamp': timestamp, 'X-BambooHR-Signature': signature };
    return { body, contentType: 'application/json', headers };
  },
  vitalFields: ['employmentStatus'],
  knowsZones: true,
});
