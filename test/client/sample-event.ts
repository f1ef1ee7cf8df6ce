import type { HrEvent, HrEventData } from '../../domain/event';

interface Wanted extends Omit<Partial<HrEvent>, 'data'> {
  readonly personId?: string;
  readonly data?: Omit<Partial<HrEventData>, 'person'> & { readonly person?: Record<string, unknown> };
}

/** A leaver as design part 6 shows one, with what a test wants to be different. */
export function sampleEvent({ personId = 'e1042', data = {}, ...envelope }: Wanted = {}): HrEvent {
  return {
    specversion: '1.0',
    id: 'hr-4711',
    source: '/hr/acme',
    type: 'tenure.leaver',
    time: '2026-01-20T09:00:00Z',
    subject: personId,
    ...envelope,
    data: {
      effectiveAt: '2026-11-30T17:00:00',
      employmentEndsAt: '2026-12-31',
      urgent: false,
      reason: 'resignation',
      requestedBy: { id: 'e77', email: 'hr@acme.test' },
      ...data,
      person: {
        id: personId,
        username: 'aeriksen',
        email: 'anna.eriksen@acme.test',
        displayName: 'Anna Eriksen',
        timeZone: 'Europe/Oslo',
        ...data.person,
      },
    },
  };
}

/** The same with some fields taken out or replaced, typed as what a sender may really send. */
export function changed(event: unknown, path: string, value: unknown): unknown {
  const copy = structuredClone(event) as Record<string, unknown>;
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  const into = steps.reduce((record, step) => record[step] as Record<string, unknown>, copy);
  if (value === undefined) delete into[last];
  else into[last] = value;
  return copy;
}
