const mark: unique symbol = Symbol('markup');

/** Markup that is safe to send: made by {@link html} alone, which escapes every text that is put into it. */
export interface Html {
  readonly [mark]: string;
}

/** What a place in a template takes: texts are escaped, nothing is shown for `undefined` and `false`. */
export type Part = string | number | Html | undefined | false | readonly Part[];

const replacements: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => replacements[character] ?? character);
}

function isList(part: Part): part is readonly Part[] {
  return Array.isArray(part);
}

function markupOf(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string') return escape(part);
  if (typeof part === 'number') return String(part);
  return isList(part) ? part.map(markupOf).join('') : part[mark];
}

/**
 * A template of markup. Whatever is put in is escaped for text and for quoted attributes, which are the only places that a
 * template may have; only markup made here goes in as it is.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const markup = strings.reduce((text, next, index) => `${text}${markupOf(parts[index - 1])}${next}`);
  return { [mark]: markup };
}

/** The text to send. */
export function renderHtml(markup: Html): string {
  return markup[mark];
}
