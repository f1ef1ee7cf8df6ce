import type { HrEvent } from '../../domain/event';
import { secondUsername, type Person, type StandIn, type StandInAccount } from '../../sandbox';

/** People with accounts in every system; the ids decide who has a second account where. */
export function personCalled(name: string): Person {
  const email = `${name}@acme.test`;
  return { id: name, username: name, email, givenName: name, familyName: 'Chaos', displayName: `${name} Chaos` };
}

/** All accounts that a person has or had in one system. */
export function accountsOf({ username, email }: Person, standIn: StandIn): readonly StandInAccount[] {
  const named = [username, email, secondUsername(username)].flatMap((name) => standIn.account(name) ?? []);
  return [...new Map(named.map((account) => [account.id, account])).values()];
}

/** HR events of a moment ago, their ids and times going up; for leavers access ends at once. */
export function eventsFrom(now: number) {
  let count = 0;
  return (person: Person, type: HrEvent['type'], data: Partial<HrEvent['data']> = {}): HrEvent => {
    count += 1;
    const { id, username, email, displayName } = person;
    return {
      specversion: '1.0',
      id: `hr-${count}`,
      source: '/hr/chaos',
      type,
      time: new Date(now - 60_000 + count * 1000).toISOString(),
      subject: id,
      data: {
        person: { id, username, email, ...(displayName === undefined ? {} : { displayName }), timeZone: 'Europe/Oslo' },
        ...(type === 'tenure.leaver' ? { effectiveAt: new Date(now - 1000).toISOString() } : {}),
        requestedBy: { id: 'e77', email: 'hr@acme.test' },
        ...data,
      },
    };
  };
}
