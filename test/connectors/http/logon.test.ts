import { logonToken } from '../../../connectors/http/logon';

test.each([
  'AAEAAAD',
  ' AAEAAAD\n',
  { token: 'AAEAAAD' },
  { sessionToken: 'AAEAAAD', expires: 20 },
  { CyberArkLogonResult: 'AAEAAAD' },
  { LogonResult: 'AAEAAAD', token: null },
])('%j holds a token', (answer) => expect(logonToken.parse(answer)).toBe('AAEAAAD'));

test.each([
  ...['', ' ', 'Please log on again', undefined, null, true, 4711, ['AAEAAAD']],
  ...[{}, { token: '' }, { token: 5 }, { token: 'a b' }, { nonce: 'AAEAAAD' }],
  { token: 'AAEAAAD', sessionToken: 'BBFBBBE' },
])('%j holds none', (answer) => expect(logonToken.safeParse(answer).success).toBe(false));

test('what is no token is not quoted', () => {
  const { error } = logonToken.safeParse({ token: 'secret-1', LogonResult: 'secret-2' });
  expect(error?.issues.length).toBeGreaterThan(0);
  expect(JSON.stringify(error)).not.toContain('secret');
});
