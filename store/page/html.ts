import { visible } from '../../domain/visible';

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
  const escaped = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
  // A line end is no more than a blank on a page.
  return visible(escaped, '\t\n\r');
}
