/** How moments, spans and names are written for a reader. */

/** `2026-11-30 16:00:01.250`, UTC; what cannot be read is shown as it is. */
export function moment(iso: string | undefined): string {
  if (iso === undefined) return '–';
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return iso;
  return new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/(\.000)?Z$/, '');
}

/** The two largest units of a span: `412 ms`, `1.3 s`, `2 min 5 s`, `3 h 4 min`, `5 d 2 h`. */
export function span(ms: number): string {
  if (ms < 0) return `${span(-ms)} early`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  const units = [
    [86_400, 'd', 3_600, 'h'],
    [3_600, 'h', 60, 'min'],
    [60, 'min', 1, 's'],
  ] as const;
  const [large, largeName, small, smallName] = units.find(([size]) => seconds >= size) ?? units[2];
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${largeName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}

/** `disableAccounts` becomes `Disable accounts`; other words stay as they are. */
export function stepName(step: string): string {
  if (!/^[a-z]+([A-Z][a-z]+)+$/.test(step)) return step;
  const words = step.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}

/** A field of a JSON value that somebody else wrote; undefined when there is no such thing. */
export function fieldOf(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
        ? (inner as Record<string, unknown>)[name]
        : undefined,
    value,
  );
}

export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = fieldOf(value, ...path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}
