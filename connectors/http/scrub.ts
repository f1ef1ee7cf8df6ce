import { wordsFor } from './secret-word';

const shownLength = 200;
const readLength = 10_000;
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

const inQuery = new RegExp(`([?&]${secretNames})=[^&]*`, 'gi');

/** A vendor's text made fit for errors and evidence: secrets out, one line, at most 200 characters. */
export function scrub(text: string, secrets: Iterable<string> = []): string {
  const clean = withoutSecrets(beginningOf(text), secrets).replace(/\s+/g, ' ').trim();
  return clean.length > shownLength ? `${clean.slice(0, shownLength - 1)}…` : clean;
}

/** A vendor's page may be long. The last run is left out, as it may be the beginning of a secret. */
function beginningOf(text: string): string {
  return text.length <= readLength ? text : text.slice(0, readLength).replace(/\S{0,2000}$/, '');
}

/** The same for a path with its query, which is neither cut nor folded. */
export function scrubPath(path: string, secrets: Iterable<string> = []): string {
  let clean = path;
  for (const secret of knowable(secrets))
    clean = clean.replaceAll(secret, hidden).replaceAll(encodeURIComponent(secret), hidden);
  return clean.replace(inQuery, `$1=${hidden}`);
}

function withoutSecrets(text: string, secrets: Iterable<string>): string {
  const known = knowable(secrets);
  let clean = text;
  for (const secret of known) clean = clean.replace(wordsFor(secret), hidden);
  clean = clean.replace(encodedRuns, (run) => (holdsAny(run, known) ? hidden : run));
  for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement);
  return clean;
}

/** Very short values would blank out half of any text. */
function knowable(secrets: Iterable<string>): readonly string[] {
  return [...new Set(secrets)].filter((secret) => secret.length >= 4);
}

/** A vendor that echoes what it was sent may echo it as it came, inside Basic credentials, say, or as a dump. */
const encodedRuns = /[\w+/-]{6,}={0,2}/g;
function holdsAny(run: string, secrets: readonly string[]): boolean {
  const read = [
    // Whatever stands before it without a blank shifts the groups of four.
    ...[0, 1, 2, 3].map((offset) => Buffer.from(run.slice(offset), 'base64')),
    ...(/^[\da-f]+$/i.test(run) ? [0, 1].map((offset) => Buffer.from(run.slice(offset), 'hex')) : []),
  ];
  return secrets.some((secret) => read.some((bytes) => bytes.includes(secret)));
}

/** Values of a request body that must not come back in an error text, such as an initial password. */
export function secretsIn(body: unknown): readonly string[] {
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body).flatMap(([name, value]) =>
    typeof value === 'string' ? (/password|secret|token/i.test(name) ? [value] : []) : secretsIn(value),
  );
}
