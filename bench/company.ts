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
export function leaverEvent({ id, username, email, displayName }: SeedPerson): HrEvent {
  const now = new Date().toISOString();
  return {
    specversion: '1.0',
    id: `leaver-${id}`,
    source: '/hr/bench',
    type: 'tenure.leaver',
    time: now,
    subject: id,
    data: {
      person: { id, username, email, displayName },
      effectiveAt: now,
      requestedBy: { id: 'hr', email: 'hr@acme.test' },
    },
  };
}
