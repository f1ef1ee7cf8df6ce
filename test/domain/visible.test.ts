import { visible } from '../../domain/visible';

test('what could move the cursor, end the line or turn the writing is spelled out, and nothing else is touched', () => {
  expect(visible('left\n2026-01-01 deleteAccounts: done\r\u001b[2K\u009b1A\t')).toBe(
    'left\\u000a2026-01-01 deleteAccounts: done\\u000d\\u001b[2K\\u009b1A\\u0009',
  );
  expect(visible('gnp.\u202eexe\u2066\u200f\u061c\u2028')).toBe('gnp.\\u202eexe\\u2066\\u200f\\u061c\\u2028');
  expect(visible('Ærø – 東京 👩‍🔧 é')).toBe('Ærø – 東京 👩‍🔧 é');
});

test('what does no harm where the text goes may stay', () => {
  expect(visible('a\n\tb\u0000', '\t\n\r')).toBe('a\n\tb\\u0000');
});
