import { createHmac } from 'node:crypto';
import { gustoCompany, startGusto } from '../../../sandbox/hr/gusto';
import { testSource } from '../conformance';

const other = '03ffbf0c-48a9-4f1c-932a-546413a26ad1';

testSource({
  type: 'gusto',
  start: () => startGusto(),
  nextSecret: 'the-next-verification-token',
  extra: { options: { companyUuid: gustoCompany } },
  signatureHeader: 'X-Gusto-Signature',
  malformed: [
    { body: {}, paths: ['event_type', 'entity_type'] },
    {
      body: { event_type: 'employee.updated', entity_type: 'Employee', resource_uuid: gustoCompany },
      paths: ['uuid', 'entity_uuid'],
    },
    {
      body: { uuid: other, event_type: 'x', entity_type: 'Employee', resource_uuid: gustoCompany, entity_uuid: '17' },
      paths: ['entity_uuid'],
    },
  ],
  otherMessages: [
    { uuid: other, event_type: 'company.provisioned', entity_type: 'Company', resource_uuid: gustoCompany },
    // All companies of an application share one subscription.
    { uuid: other, event_type: 'employee.updated', entity_type: 'Employee', resource_uuid: other, entity_uuid: other },
  ],
  sign: (body, secret) => ({
    ...{ body, contentType: 'application/json' },
    headers: { 'X-Gusto-Signature': createHmac('sha256', secret).update(body).digest('hex') },
  }),
  vitalFields: ['terminations'],
  knowsZones: true,
});
