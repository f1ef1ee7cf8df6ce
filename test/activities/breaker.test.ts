import { Breaker, type Visit, type Visitor } from '../../activities/breaker';
import { VendorUnauthorized } from '../../connectors/errors';

const second = 1_000;
const minute = 60 * second;

/** A target whose secret and clock the test turns. */
function target() {
  let secret = 'wrong';
  let now = 0;
  const breaker = new Breaker(
    'vault',
    () => secret,
    () => now,
  );
  const visitor = (id: string, more: Partial<Visitor> = {}): Visitor => ({
    id,
    urgent: false,
    askedByPerson: false,
    ...more,
  });
  return {
    enter: (id: string, more?: Partial<Visitor>) => breaker.enter(visitor(id, more)),
    mend: () => (secret = 'right'),
    pass: (milliseconds: number) => (now += milliseconds),
  };
}
type Target = ReturnType<typeof target>;

/** How this one is received: let through, turned away, or asked to let urgent ones go first. */
function received({ enter }: Target, id: string, more?: Partial<Visitor>): Visit | 'refused' | 'urgent first' {
  try {
    return enter(id, more);
  } catch (error) {
    if (error instanceof VendorUnauthorized) return 'refused';
    if ((error as { type?: string }).type === 'UrgentFirst') return 'urgent first';
    throw error;
  }
}
function letThrough(visit: Visit | string): Visit {
  if (typeof visit === 'string') throw new Error(visit);
  return visit;
}
function refusedTarget(): Target {
  const one = target();
  one.enter('first').refused();
  return one;
}

test('whoever comes after a refusal is turned away without a word to the vendor', () => {
  const one = refusedTarget();
  expect(['a', 'b', 'c'].map((id) => received(one, id))).toEqual(['refused', 'refused', 'refused']);
});

test('after 15 minutes one probe is let through, and one more after 15 minutes', () => {
  const one = refusedTarget();
  one.pass(14 * minute);
  expect(received(one, 'a')).toBe('refused');
  one.pass(1 * minute + 1);
  const probe = letThrough(received(one, 'a'));
  expect(received(one, 'b')).toBe('refused');
  probe.refused();
  expect(received(one, 'b')).toBe('refused');
  one.pass(15 * minute + 1);
  letThrough(received(one, 'b'));
});

test('a secret that changed is tried at once; when the probe succeeds all go on', () => {
  const one = refusedTarget();
  one.mend();
  const probe = letThrough(received(one, 'a'));
  expect(received(one, 'b')).toBe('refused');
  probe.accepted();
  letThrough(received(one, 'b')).accepted();
  letThrough(received(one, 'c')).accepted();
});

test('a probe that proves nothing, or that is cut off, leaves the place to another', () => {
  const one = refusedTarget();
  one.mend();
  letThrough(received(one, 'a')).undecided();
  letThrough(received(one, 'b')).undecided();
  letThrough(received(one, 'a'));
});

test("a person's word lets one through, fifty of them at once no more than one", () => {
  const one = refusedTarget();
  one.pass(10 * second);
  const asked = Array.from({ length: 50 }, (_none, index) => received(one, `f${index}`, { askedByPerson: true }));
  expect(asked.filter((visit) => visit !== 'refused')).toHaveLength(1);
  letThrough(asked[0] ?? 'nobody').refused();
  expect(received(one, 'f51', { askedByPerson: true })).toBe('refused');
  one.pass(10 * second);
  letThrough(received(one, 'f52', { askedByPerson: true }));
});

test('steps that were on their way when it was refused neither close it nor make room for a second probe', () => {
  const one = target();
  const early = one.enter('early');
  const earlier = one.enter('earlier');
  one.enter('first').refused();
  early.accepted();
  expect(received(one, 'a')).toBe('refused');
  one.mend();
  letThrough(received(one, 'a'));
  earlier.undecided();
  expect(received(one, 'b')).toBe('refused');
});

test('a refusal that was meant for the old secret does not hold the new one back', () => {
  const one = target();
  const late = one.enter('late');
  one.mend();
  late.refused();
  letThrough(received(one, 'a'));
});

test('an urgent step that waits is the probe, and goes on before any other', () => {
  const one = refusedTarget();
  expect(received(one, 'urgent', { urgent: true })).toBe('refused');
  one.mend();
  expect(received(one, 'a')).toBe('refused');
  const probe = letThrough(received(one, 'urgent', { urgent: true }));
  expect(received(one, 'urgent too', { urgent: true })).toBe('refused');
  probe.accepted();
  expect(received(one, 'a')).toBe('urgent first');
  letThrough(received(one, 'urgent too', { urgent: true })).accepted();
  letThrough(received(one, 'a')).accepted();
});

test('an urgent step that never comes back is not waited for long', () => {
  const one = refusedTarget();
  expect(received(one, 'skipped', { urgent: true })).toBe('refused');
  one.mend();
  one.pass(minute);
  letThrough(received(one, 'a'));
});
