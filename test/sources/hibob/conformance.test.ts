import { createHmac } from 'node:crypto';
import { startHiBob } from '../../../sandbox/hr/hibob';
import { testSource } from '../conformance';

testSource({
  type: 'hibob',
  start: () => startHiBob(),
  nextSecret: 'the-next-secret-of-the-webhook',
  extra: { options: { companyId: '636192' } },
  signatureHeader: 'Bob-Signature',
  malformed: [
    { body: {}, paths: ['type'] },
    { body: { type: 7, companyId: true }, paths: ['type', 'companyId'] },
    { body: { type: 'employee.updated', companyId: 636192 }, paths: ['data'] },
    { body: { type: 'employee.updated', companyId: 636192, data: { employeeId: 'a/b' } }, paths: ['data.employeeId'] },
    { body: { type: 'employee.updated', companyId: 636192, employee: {} }, paths: ['employee.id'] },
  ],
  otherMessages: [
    { type: 'timeoff.request.approved', companyId: 636192, data: { timeoffRequestId: 1 } },
    { type: 'employee.updated', companyId: 1, data: { employeeId: '17' } },
  ],
  sign: (body, secret) => ({
    ...{ body, contentType: 'application/json' },
    headers: { 'Bob-Signature': createHmac('sha512', secret).update(body).digest('base64') },
  }),
  vitalFields: ['internal.lifecycleStatus', 'internal.status', 'internal.terminationDate'],
  knowsZones: false,
});
