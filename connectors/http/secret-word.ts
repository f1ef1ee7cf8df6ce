const named: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };
/** Longer ones are written from letters and digits, and fall to the rule about long runs in any case. */
const longest = 256;

/** Finds a secret in a text however its signs are escaped there: for an address, a form, JSON, HTML, or several of them mixed. */
export function wordsFor(secret: string): RegExp {
  const word = secret.length > longest ? escaped(secret) : [...secret].map(formsOf).join('');
  return new RegExp(word, 'g');
}

function formsOf(sign: string): string {
  if (/[A-Za-z0-9]/.test(sign)) return sign;
  const code = sign.codePointAt(0) ?? 0;
  const name = named[sign];
  const forms = [
    `\\\\*${escaped(sign)}`, // as it is, or behind backslashes
    anyCase(Buffer.from(sign).toString('hex').replace(/../g, '%$&')),
    anyCase(Buffer.from(sign).toString('hex').replace(/../g, '%25$&')),
    `&#0*${code};`,
    anyCase(`&#x0*${code.toString(16)};`),
    `\\\\+u${anyCase(code.toString(16).padStart(4, '0'))}`,
    ...(name === undefined ? [] : [`&${name};`, `&amp;${name};`]),
    ...(sign === ' ' ? ['\\+'] : []),
  ];
  return `(?:${forms.join('|')})`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function anyCase(text: string): string {
  return text.replace(/[a-f]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}
