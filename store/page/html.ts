/** A piece of HTML: what came through `html` is escaped already. */
export class Html {
  constructor(readonly text: string) {}
}

export type Content = Html | readonly Html[] | string | number | undefined;

/** Builds HTML from a template; texts and numbers are escaped, `undefined` shows nothing. */
export function html(literals: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(literals.map((literal, index) => literal + render(contents[index])).join(''));
}

function render(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'object') return content.map((one) => one.text).join('');
  return escape(String(content));
}

function escape(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
      // Control characters and marks that turn the direction of writing: an account may be named to deceive a reader.
      .replace(/(?![\t\n\r])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, (mark) => {
        return `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`;
      })
  );
}
