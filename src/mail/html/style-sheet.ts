import type { Declarations } from './css-declarations.ts';
import { mergeDeclarations, parseDeclarations, withoutComments } from './css-declarations.ts';

/** The rules of a mail's `<style>` elements, as far as they are of one element, class or id each. */
export interface StyleSheet {
  /** By `tag`, `.class`, `tag.class` or `#id`, in lower case. */
  readonly rules: ReadonlyMap<string, Declarations>;
  /** Whether a rule with another selector paints a ground, which is then unknown. */
  readonly hasUnreadBackgrounds: boolean;
}

/** More style is not read: it would only slow a hostile mail's reader. */
const maxSheetCharacters = 256 * 1024;
const maxRules = 2000;

const simpleSelector = /^(?:[\w-]+|[\w-]*\.[\w-]+|#[\w-]+)$/;

/** The content of a document's `<style>` elements, except those in comments, which only some programs read. */
export function stylesIn(html: string): string {
  const styles: string[] = [];
  const starts = /<style(?=[\s/>])|<!--/gi;
  for (let match = starts.exec(html); match !== null; match = starts.exec(html)) {
    const isComment = match[0] === '<!--';
    const contentStart = isComment ? starts.lastIndex : html.indexOf('>', starts.lastIndex) + 1;
    const ends = isComment ? /-->/g : /<\/style/gi;
    ends.lastIndex = contentStart;
    const end = ends.exec(html);
    if (contentStart === 0 || end === null) break;
    if (!isComment) styles.push(html.slice(contentStart, end.index));
    starts.lastIndex = end.index;
  }
  return styles.join('\n');
}

/** Reads style sheets. What stands in `@media` and the like holds for some screens only, and is passed over. */
export function parseStyleSheet(css: string): StyleSheet {
  const rules = new Map<string, Declarations>();
  let hasUnreadBackgrounds = false;
  for (const { selector, body } of topLevelRules(withoutComments(css.slice(0, maxSheetCharacters)))) {
    if (selector.startsWith('@')) continue;
    const declarations = parseDeclarations(body);
    for (const one of selector.toLowerCase().split(',')) {
      const name = one.trim();
      if (!simpleSelector.test(name)) hasUnreadBackgrounds ||= body.includes('background');
      else if (rules.size < maxRules) rules.set(name, mergeDeclarations([rules.get(name) ?? new Map(), declarations]));
    }
  }
  return { rules, hasUnreadBackgrounds };
}

function* topLevelRules(css: string): Generator<{ selector: string; body: string }> {
  let depth = 0;
  let selectorStart = 0;
  let bodyStart = 0;
  for (const match of css.matchAll(/[{};]|<!--|-->/g)) {
    const end = match.index + match[0].length;
    if (match[0] === '{') {
      depth += 1;
      if (depth === 1) bodyStart = end;
    } else if (match[0] === '}' && depth > 0) {
      depth -= 1;
      if (depth > 0) continue;
      yield { selector: css.slice(selectorStart, bodyStart - 1).trim(), body: css.slice(bodyStart, match.index) };
      selectorStart = end;
    } else if (depth === 0) selectorStart = end;
  }
}

/** The declarations of all rules that match an element, the weakest first. */
export function matchingRules(
  { rules }: StyleSheet,
  tag: string,
  attributes: Readonly<Record<string, string>>,
): Declarations[] {
  if (rules.size === 0) return [];
  const classes = (attributes['class'] ?? '').toLowerCase().split(/\s+/).slice(0, 20);
  const names = [tag, ...classes.map((name) => `.${name}`), ...classes.map((name) => `${tag}.${name}`)];
  const id = attributes['id'];
  if (id !== undefined) names.push(`#${id.toLowerCase()}`);
  return names.flatMap((name) => rules.get(name) ?? []);
}
