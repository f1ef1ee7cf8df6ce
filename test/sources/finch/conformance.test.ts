import { createHmac } from 'node:crypto';
import { finchConnection, startFinch } from '../../../sandbox/hr/finch';
import { testSource } from '../conformance';

const individual = '5d4ea1a1-5c6e-4f0e-8e56-0a0d1a1c2b3d';

testSource({
  type: 'finch',
  start: () => startFinch(),
  nextSecret: Buffer.from('the-next-finch-webhook-secret-32b').toString('base64'),
  extra: { options: { connectionId: finchConnection } },
  signatureHeader: 'Finch-Signature',
  windowSeconds: 300,
  malformed: [
    { body: {}, paths: ['event_type'] },
    { body: { event_type: 7, connection_id: 8 }, paths: ['event_type', 'connection_id'] },
    { body: { event_type: 'individual.updated', connection_id: finchConnection }, paths: ['data'] },
    {
      body: { event_type: 'employment.updated', connection_id: finchConnection, data: { individual_id: '17' } },
      paths: ['data.individual_id'],
    },
  ],
  otherMessages: [
    { event_type: 'account.updated', connection_id: finchConnection, data: { status: 'connected' } },
    { event_type: 'pay_statement.created', connection_id: finchConnection, data: { individual_id: individual } },
    // All connections of an application share one webhook.
    { event_type: 'individual.updated', connection_id: individual, data: { individual_id: individual } },
  ],
  sign: (body, secret) => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const key = Buffer.from(secret, 'base64');
    const signature = createHmac('sha256', key).update(`msg_1.${timestamp}.${body}`).digest('base64');
    return {
      ...{ body, contentType: 'application/json' },
      headers: { 'Finch-Event-ID': 'msg_1', 'Finch-Timestamp': timestamp, 'Finch-Signature': `v1,${signature}` },
    };
  },
  vitalFields: ['employment_status', 'is_active', 'end_date'],
  knowsZones: true,
});
