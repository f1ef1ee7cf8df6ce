/**
 * ``pathOf`/Users/${id}` ``: every inserted value becomes one path segment, whatever characters it holds. Throws on a value
 * that would change which object is meant: empty, `.` and `..` lead to the collection or above it.
 */
export function pathOf(texts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return texts.reduce((path, text, index) => path + segmentOf(values[index - 1] ?? '') + text);
}

function segmentOf(value: string | number): string {
  const text = String(value);
  if (/^\.{0,2}$/.test(text)) throw new Error(`"${text}" cannot be an id in a path`);
  return encodeURIComponent(text);
}
