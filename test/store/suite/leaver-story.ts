import type { EvidenceBatch, EvidenceDraft } from '../../../domain/evidence';
import { hrEvent } from './sample';

const personId = 'e1042';
const versions = { product: '0.1.0', configHash: 'c0ffee'.repeat(10) + 'c0ff' };
const eventHash = 'ab'.repeat(32);
const planHash = '9f'.repeat(32);

/** A leaver over three targets as the flow evidences it: one is closed at once, one late, one offers no sessions. */
export function leaverStory(): readonly EvidenceBatch[] {
  const desk = { personId, workflowId: `person:${personId}`, runId: 'run-p', versions };
  const flow = { personId, workflowId: `leaver:${personId}`, runId: 'run-l', versions };
  return [
    { ...desk, batch: 1, entries: [accepted] },
    { ...flow, batch: 1, entries: contained },
    { ...flow, batch: 2, entries: [...asked, ...deleted, ended] },
  ];
}

const accepted: EvidenceDraft = {
  kind: 'event',
  step: 'tenure.leaver',
  outcome: 'accepted',
  at: '2026-11-20T09:00:00.400Z',
  detail: 'accepted',
  eventHash,
  data: {
    event: hrEvent({
      id: 'hr-4711',
      more: { urgent: true, reason: 'resignation <b>at once</b>', requestedBy: { id: 'e77', email: 'hr@acme.test' } },
    }),
    receivedAt: '2026-11-20T09:00:00.000Z',
    eventHash,
    moments: { accessEndsAt: '2026-11-20T08:00:00.000Z' },
  },
};

const grant = (kind: string, name: string) => ({ entitlement: { kind, id: `id-${name}`, name } });
const grants = [grant('group', 'Vault Users'), grant('safe', 'Prod-Linux'), grant('safe', 'Prod-Oracle')];
const step = (over: Partial<EvidenceDraft>): EvidenceDraft => ({
  kind: 'step',
  step: 'disableAccounts',
  outcome: 'done',
  at: '2026-11-20T09:00:00.812Z',
  serviceAccount: 'svc-tenure',
  milliseconds: 320,
  requestIds: [],
  ...over,
});
const vault = { target: 'vault-eu', system: 'acme-vault' };
const image = (username: string, more = {}) => ({
  account: { id: '17', username, enabled: true, email: 'anna.eriksen@acme.test', ...more },
  grants,
  readAt: '2026-11-20T09:00:00.600Z',
});

const contained: readonly EvidenceDraft[] = [
  step({
    ...vault,
    account: { id: '17', username: 'aeriksen' },
    before: image('aeriksen'),
    after: { enabled: false },
    requestIds: ['7c1e-41', '7c1e-42'],
  }),
  step({
    ...vault,
    account: { id: '23', username: 'aeriksen-adm' },
    outcome: 'already',
    at: '2026-11-20T09:00:01.250Z',
    before: image('aeriksen-adm', { id: '23', enabled: false }),
    after: { enabled: false },
  }),
  step({
    ...vault,
    step: 'stripEntitlements',
    account: { id: '17', username: 'aeriksen' },
    at: '2026-11-20T09:00:01.900Z',
    before: grants,
    after: [{ ...grant('group', 'Domain Admins'), ownedByDirectory: 'acme.test' }],
    detail: '3 taken away, 1 owned by a directory',
    data: {
      removed: grants,
      results: [
        ...grants.map((one) => ({ grant: one, change: 'done' })),
        { grant: { ...grant('group', 'Domain Admins'), ownedByDirectory: 'acme.test' }, change: 'owned-by-directory' },
      ],
    },
  }),
  step({
    ...vault,
    step: 'drainSessions',
    outcome: 'residual-sessions',
    at: '2026-11-20T13:00:00Z',
    detail: 'still live: s-9',
  }),
  step({
    ...vault,
    step: 'drainSessions',
    outcome: 'clean',
    at: '2026-11-20T13:31:00Z',
    detail: '1 ended, none came back',
  }),
  step({
    target: 'delinea-scim',
    system: 'delinea-scim',
    account: { id: 'u-1', username: 'anna.eriksen@acme.test' },
    outcome: 'done-on-retry',
    at: '2026-11-20T11:04:07Z',
    before: 'unknown',
    after: { enabled: false, vendorState: 'active=false' },
  }),
  step({
    target: 'delinea-scim',
    system: 'delinea-scim',
    step: 'drainSessions',
    outcome: 'unsupported',
    detail: 'not offered by this target, unproved',
    data: { handOver: ['end her sessions in the Delinea console'] },
  }),
  step({
    target: 'beyondtrust',
    outcome: 'no-account-found',
    detail: 'keys tried: username=aeriksen, email=anna.eriksen@acme.test',
  }),
];

const asked: readonly EvidenceDraft[] = [
  {
    kind: 'plan',
    outcome: 'asked',
    at: '2026-12-20T09:00:00Z',
    planHash,
    detail: 'removal plan 1: decide by 2026-12-27',
    data: {},
  },
  {
    kind: 'decision',
    step: 'decide',
    outcome: 'approved',
    at: '2026-12-20T10:00:00Z',
    planHash,
    actor: { name: 'hr@acme.test', strength: 'asserted', source: 'update' },
    detail: 'does not count: the requester and the person concerned cannot decide. Reason: ok',
  },
  {
    kind: 'decision',
    step: 'decide',
    outcome: 'approved',
    at: '2026-12-21T10:00:00Z',
    planHash,
    actor: { name: 'ann@acme.test', strength: 'principal', source: 'event 211' },
    detail: 'counts. Reason: checked with the manager',
  },
  {
    kind: 'decision',
    step: 'removal-plan-1',
    outcome: 'approved',
    at: '2026-12-21T10:00:00Z',
    planHash,
    detail: 'approved',
  },
];

const deleted: readonly EvidenceDraft[] = [
  step({
    ...vault,
    step: 'deleteAccounts',
    account: { id: '17', username: 'aeriksen' },
    at: '2026-12-21T10:00:02Z',
    before: { held: grants },
    after: 'gone',
    planHash,
    detail: 'deleted, proven gone',
    requestIds: ['7c1e-99'],
  }),
];

const ended: EvidenceDraft = {
  kind: 'flow',
  outcome: 'complete-with-exceptions',
  at: '2026-12-21T10:00:03Z',
  eventHash,
  detail: 'delinea-scim drainSessions: unsupported; beyondtrust disableAccounts: no-account-found',
};
