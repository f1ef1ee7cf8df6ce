/** Control characters, line ends among them, and marks that turn the direction of writing. */
const hidden = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/**
 * What others wrote, as it may be shown on one line: whoever may send a message or name an account could otherwise end
 * the line and forge the next, or move the cursor over what stands there. `kept` are characters that do no harm where
 * the text goes.
 */
export function visible(text: string, kept = ''): string {
  return text.replace(hidden, (mark) =>
    kept.includes(mark) ? mark : `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
