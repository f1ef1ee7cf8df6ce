import type { EvidenceBatch, EvidenceDraft } from '../../../domain/evidence';
import type { HrEvent, HrEventType } from '../../../domain/event';

export function hrEvent(over: {
  id: string;
  type?: HrEventType;
  time?: string;
  sequence?: number;
  personId?: string;
  more?: Record<string, unknown>;
}): HrEvent {
  const personId = over.personId ?? 'e1042';
  return {
    specversion: '1.0',
    id: over.id,
    source: '/hr/acme',
    type: over.type ?? 'tenure.leaver',
    time: over.time ?? '2026-11-20T09:00:00Z',
    subject: personId,
    data: {
      person: { id: personId, username: 'aeriksen', displayName: 'Anna Eriksen' },
      effectiveAt: '2026-11-30T17:00:00',
      ...(over.sequence === undefined ? {} : { sequence: over.sequence }),
      ...over.more,
    },
  };
}

export function draft(over: Partial<EvidenceDraft> = {}): EvidenceDraft {
  return {
    kind: 'step',
    step: 'disableAccounts',
    outcome: 'done',
    at: '2026-11-30T16:00:01.250Z',
    target: 'vault-eu',
    account: { id: '17', username: 'aeriksen' },
    before: { enabled: true, groups: ['Vault Users', 'Ærø'] },
    after: { enabled: false },
    milliseconds: 412,
    requestIds: ['req-1'],
    ...over,
  };
}

export function batch(over: Partial<EvidenceBatch> = {}): EvidenceBatch {
  const personId = over.personId ?? 'e1042';
  return {
    personId,
    workflowId: `leaver:${personId}`,
    runId: 'run-1',
    batch: 1,
    versions: { product: '0.1.0', configHash: 'c'.repeat(64) },
    entries: [draft()],
    ...over,
  };
}
