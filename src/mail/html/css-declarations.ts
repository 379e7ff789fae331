/** CSS declarations of one element or rule, by property, both in lower case. */
export type Declarations = ReadonlyMap<string, { readonly value: string; readonly isImportant: boolean }>;

/** Longer styles are cut: no element needs more. */
const maxStyleCharacters = 2000;
const maxValueCharacters = 200;

/** The properties that decide whether text can be seen; any other is passed over. */
const readProperties = new Set(
  'background background-color background-image bottom clip clip-path color display filter font font-size height left margin-left margin-top max-height max-width opacity overflow overflow-x overflow-y position right text-indent top transform visibility width -webkit-text-fill-color'.split(
    ' ',
  ),
);

/** Reads `property: value; …`, as far as it bears on visibility. What is not of this form is passed over. */
export function parseDeclarations(style: string): Declarations {
  const declarations = new Map<string, { value: string; isImportant: boolean }>();
  const text = withoutEscapes(withoutComments(style.slice(0, maxStyleCharacters)));
  for (const declaration of text.toLowerCase().split(';')) {
    const colon = declaration.indexOf(':');
    const property = declaration.slice(0, Math.max(0, colon)).trim();
    if (!readProperties.has(property)) continue;
    const value = declaration.slice(colon + 1, colon + 1 + maxValueCharacters);
    const isImportant = value.includes('!important');
    declarations.set(property, {
      value: value.replace('!important', '').trim(),
      isImportant,
    });
  }
  return declarations;
}

/** What several sources declare of one element, the weakest first; an important one yields to important ones only. */
export function mergeDeclarations(sources: readonly Declarations[]): Declarations {
  const [first, ...others] = sources;
  if (first !== undefined && others.length === 0) return first;
  const merged = new Map<string, { readonly value: string; readonly isImportant: boolean }>();
  for (const source of sources) {
    for (const [property, declared] of source) {
      if (merged.get(property)?.isImportant !== true || declared.isImportant) merged.set(property, declared);
    }
  }
  return merged;
}

/** CSS Syntax section 4: comments may stand anywhere, an unclosed one reaches to the end. */
export function withoutComments(css: string): string {
  const pieces: string[] = [];
  let position = 0;
  for (;;) {
    const start = css.indexOf('/*', position);
    if (start < 0) return pieces.join('') + css.slice(position);
    pieces.push(css.slice(position, start));
    const end = css.indexOf('*/', start + 2);
    if (end < 0) return pieces.join('');
    position = end + 2;
  }
}

/** `d\69splay` is `display`. */
function withoutEscapes(css: string): string {
  if (!css.includes('\\')) return css;
  return css.replaceAll(/\\(?:([\da-f]{1,6})\s?|(.))/gi, (_all, hex: string | undefined, literal: string | undefined) =>
    hex === undefined ? (literal ?? '') : characterOf(Number.parseInt(hex, 16)),
  );
}

function characterOf(codePoint: number): string {
  return codePoint <= 0x10_ff_ff ? String.fromCodePoint(codePoint) : '\ufffd';
}
