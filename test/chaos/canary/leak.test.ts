import { findLeaks, formsOf, textOf } from './leak';

const secret = 'cnry+oak/42&"x"';

describe('the search for leaks', () => {
  test.each([...formsOf(secret)])('finds a secret that is written %s', (_form, written) => {
    const [leak, ...more] = findLeaks('a log', `before ${written} after`, [secret, 'another-secret']);
    expect(leak).toMatchObject({ place: 'a log', secret });
    expect(more).toEqual([]);
  });

  test.each(['', 'x', 'xy', 'user:'])('finds it in the base64 of a longer text that begins with %j', (before) => {
    const text = Buffer.from(`${before}${secret}, and so on`).toString('base64');
    expect(findLeaks('an error', text, [secret])).toHaveLength(1);
    expect(findLeaks('an error', Buffer.from(`${before}${secret}`).toString('base64url'), [secret])).toHaveLength(1);
  });

  test('finds it in a payload, at any depth', () => {
    const data = new TextEncoder().encode(JSON.stringify({ detail: secret }));
    const event = { attributes: { failure: { details: { payloads: [{ metadata: {}, data }] } } } };
    expect(findLeaks('a history', textOf([event]), [secret])).toHaveLength(1);
    expect(findLeaks('a history', textOf([{ [secret]: 1 }]), [secret])).toHaveLength(1);
  });

  test('finds nothing where nothing is', () => {
    expect(findLeaks('a log', 'cnry+oak/43, [hidden], Y25yeS', [secret])).toEqual([]);
    expect(() => findLeaks('a log', 'any', ['short'])).toThrow('cannot be looked for');
  });
});
