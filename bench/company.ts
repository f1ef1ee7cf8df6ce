import type { HrEvent } from '../domain/event';
import type { SeedPerson } from '../sandbox';

/**
 * People who are all alike but for one word, so that what was recorded of one can be asked for another by putting one word
 * in the place of the other.
 */
export function peopleOf(round: string, count: number): readonly SeedPerson[] {
  return Array.from({ length: count }, (_, index) => {
    const word = `${round}p${String(index + 1).padStart(4, '0')}`;
    return {
      id: word,
      username: `${word}@acme.test`,
      email: `${word}@acme.test`,
      displayName: `Person ${word}`,
      groups: ['Operators', 'Network'],
      sessions: 1,
    };
  });
}

/** Their last day is now. */
export function leaverEvent(person: SeedPerson): HrEvent {
  return eventOf(person, 'leaver', { effectiveAt: new Date().toISOString() });
}

/** Their first day is now; no system knows them. */
export function joinerEvent(person: SeedPerson, job: Job): HrEvent {
  return eventOf(person, 'joiner', {}, job);
}

/** Their first day in the new place is now. */
export function moverEvent(person: SeedPerson, job: Job): HrEvent {
  return eventOf(person, 'mover', {}, job);
}

/** What decides what policy gives somebody. */
export interface Job {
  readonly department: string;
  readonly title: string;
}

function eventOf(
  { id, username, email, displayName }: SeedPerson,
  kind: 'joiner' | 'mover' | 'leaver',
  when: Partial<HrEvent['data']>,
  job?: Job,
): HrEvent {
  return {
    specversion: '1.0',
    id: [kind, id, ...(job === undefined ? [] : [job.department])].join('-'),
    source: '/hr/bench',
    type: `tenure.${kind}`,
    time: new Date().toISOString(),
    subject: id,
    data: {
      person: { id, username, email, displayName, ...job },
      ...when,
      requestedBy: { id: 'hr', email: 'hr@acme.test' },
    },
  };
}
