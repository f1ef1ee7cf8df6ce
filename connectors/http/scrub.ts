const shownLength = 200;
const hidden = '[hidden]';

/** Words whose values are taken out wherever `name=value` or `"name": "value"` shows up in a vendor's text. */
const secretNames =
  '(?:[\\w-]*(?:password|passwd|secret|token|api[_-]?key|assertion|credential|cookie|session[_-]?key)|authorization|pwd)';
const patterns: readonly [RegExp, string][] = [
  [/\b(bearer|basic|negotiate|ps-auth)\s+[\w.~+/=-]{4,}/gi, `$1 ${hidden}`],
  [/\beyJ[\w-]{8,}(?:\.[\w-]*)*/g, hidden],
  [new RegExp(`("${secretNames}"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'gi'), `$1"${hidden}"`],
  [new RegExp(`\\b(${secretNames})\\s*=\\s*[^\\s&;,]+`, 'gi'), `$1=${hidden}`],
  // Long runs without a blank are tokens or dumps; UUIDs (36 characters) stay readable.
  [/[\w+/=~-]{41,}/g, hidden],
];

/** A vendor's text made fit for errors and evidence: secrets out, one line, at most 200 characters. */
export function scrub(text: string, secrets: Iterable<string> = []): string {
  const clean = withoutSecrets(text, secrets).replace(/\s+/g, ' ').trim();
  return clean.length > shownLength ? `${clean.slice(0, shownLength - 1)}…` : clean;
}

/** The same for a path with its query, which is neither cut nor folded. */
export function scrubPath(path: string, secrets: Iterable<string> = []): string {
  let clean = path;
  for (const secret of secrets) clean = withoutLiteral(clean, secret);
  return clean.replace(new RegExp(`([?&]${secretNames})=[^&]*`, 'gi'), `$1=${hidden}`);
}

function withoutSecrets(text: string, secrets: Iterable<string>): string {
  let clean = text;
  const known = [...secrets].filter((secret) => secret.length >= 4);
  for (const secret of known) clean = withoutLiteral(clean, secret);
  clean = clean.replace(encodedRuns, (run) => (known.some((secret) => decoded(run).includes(secret)) ? hidden : run));
  for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement);
  return clean;
}

/** A vendor that echoes what it was sent may echo it as it came: inside Basic credentials, say. */
const encodedRuns = /[\w+/-]{6,}={0,2}/g;
function decoded(run: string): string {
  return Buffer.from(run, 'base64').toString('latin1');
}

/** Very short values would blank out half of any text. */
function withoutLiteral(text: string, secret: string): string {
  if (secret.length < 4) return text;
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)].reduce(
    (clean, form) => clean.replaceAll(form, hidden),
    text,
  );
}

/** Values of a request body that must not come back in an error text, such as an initial password. */
export function secretsIn(body: unknown): readonly string[] {
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body).flatMap(([name, value]) =>
    typeof value === 'string' ? (/password|secret|token/i.test(name) ? [value] : []) : secretsIn(value),
  );
}
