import { randomInt } from 'node:crypto';

/** What a vendor asks of a password: how long it is made, and the kinds of characters of which each occurs. */
export interface PasswordRule {
  readonly length: number;
  readonly kinds: readonly string[];
}

/** Without letters and digits that are taken for one another, and with the signs that no vendor of ours refuses. */
export const everyKind: PasswordRule['kinds'] = [
  'ABCDEFGHJKLMNPQRSTUVWXYZ',
  'abcdefghijkmnpqrstuvwxyz',
  '23456789',
  '!#*-_.',
];

/** A password that nobody ever learns but the vendor that it is sent to, from Node's cryptographic randomness. */
export function generatePassword({ length, kinds }: PasswordRule): string {
  const all = kinds.join('');
  const chosen = [...kinds, ...Array.from({ length: Math.max(0, length - kinds.length) }, () => all)];
  return chosen
    .map((kind) => ({ at: randomInt(2 ** 47), letter: kind.charAt(randomInt(kind.length)) }))
    .sort((a, b) => a.at - b.at)
    .map(({ letter }) => letter)
    .join('');
}
