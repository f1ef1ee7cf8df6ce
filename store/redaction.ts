/** Field names whose text is a secret wherever it stands; `tokenUrl`, `secretName` and the like are none. */
const secretField =
  /^(pass(word|phrase|wd)?|(new|initial)_?password|secret|client_?secret|shared_?secret|(access|refresh|id|bearer|api)_?token|token|api_?key|private_?key|authorization|cookie|set-cookie)$/i;
/** Bearer and Basic credentials, JSON web tokens, private keys in PEM. */
const secretText =
  /\b(bearer|basic)\s+[\w.~+/=-]{8,}|\beyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(-----END [A-Z ]*PRIVATE KEY-----)?/gi;

const blank = '[secret]';

/**
 * A last guard before something is kept for good: a copy of a JSON value in which secrets read `[secret]`. Steps must
 * not pass secrets in the first place.
 */
export function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(secretText, blank);
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      typeof inner === 'string' && inner !== '' && secretField.test(name) ? blank : withoutSecrets(inner),
    ]),
  );
}
