/** One place where a secret shows up that should show up nowhere. */
export interface Leak {
  readonly place: string;
  readonly secret: string;
  /** How it was written there. */
  readonly form: string;
  readonly around: string;
}

/** Shorter ones would be found in any text. */
const shortest = 8;

/** Every way in which a vendor, a log or a database might write a secret down. */
export function formsOf(secret: string): ReadonlyMap<string, string> {
  const forms = new Map([
    ['plain', secret],
    ['url-encoded', encodeURIComponent(secret)],
    ['form-encoded', new URLSearchParams({ x: secret }).toString().slice(2)],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
    ['in HTML', inHtml(secret, (sign) => ({ '&': '&amp;', '"': '&quot;', '<': '&lt;', '>': '&gt;' })[sign] ?? sign)],
    ['in HTML by number', inHtml(secret, (sign) => `&#${sign.charCodeAt(0)};`)],
    ['hex', Buffer.from(secret).toString('hex')],
  ]);
  for (const before of [0, 1, 2]) {
    const text = insideBase64(secret, before);
    forms.set(`base64 after ${before}`, text);
    forms.set(`base64url after ${before}`, text.replace(/\+/g, '-').replace(/\//g, '_'));
  }
  return forms;
}

function inHtml(secret: string, write: (sign: string) => string): string {
  return secret.replace(/[^\w ]/g, write);
}

/** What stays of it in the base64 of a longer text, when so many bytes (modulo three) come before it. */
function insideBase64(secret: string, before: number): string {
  const encoded = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)])
    .toString('base64')
    .replace(/=+$/, '');
  const bits = (before + Buffer.byteLength(secret)) * 8;
  // The first and the last character may hold bits of what is around it.
  return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(bits / 6));
}

export function findLeaks(place: string, text: string, secrets: Iterable<string>): readonly Leak[] {
  const found: Leak[] = [];
  for (const secret of secrets) {
    if (secret.length < shortest) throw new Error(`a secret of ${secret.length} characters cannot be looked for`);
    for (const [form, needle] of formsOf(secret)) {
      const at = text.indexOf(needle);
      if (at < 0) continue;
      found.push({ place, secret, form, around: text.slice(Math.max(0, at - 80), at + needle.length + 40) });
      break;
    }
  }
  return found;
}

/** Everything in a message of Temporal's as text, payloads decoded: they are bytes of JSON. */
export function textOf(message: unknown): string {
  const parts: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === 'string') parts.push(value);
    else if (value instanceof Uint8Array) parts.push(Buffer.from(value).toString('utf8'));
    else if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) {
        parts.push(name);
        walk(inner);
      }
  };
  walk(message);
  return parts.join('\n');
}
