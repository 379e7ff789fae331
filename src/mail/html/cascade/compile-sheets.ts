import { wordOf } from '../css/condition.ts';
import { readDeclarations, type Declaration } from '../css/declarations.ts';
import { matchesMedia } from '../css/media-query.ts';
import { parseSheet, type RawBlock, type RawDeclaration, type RawRule } from '../css/parse-sheet.ts';
import { evaluateSupports } from '../css/supports.ts';
import { skipValue, TokenType, tokensOf, trimSpace, type CSSToken } from '../css/tokens.ts';
import { parseSelectors, type SelectorContext } from '../selectors/parse-selector.ts';
import type { SelectorList } from '../selectors/selector.ts';
import { dataText } from './data-url.ts';
import { blankFamily } from './blank-font.ts';
import { readKeyframes } from './keyframes.ts';
import type { ContainerQuery, Keyframe, RegisteredProperty, Scope, StyleRule, StyleRules } from './style-rules.ts';

/** More rules are not read; the largest real sheets have 3,000. */
const maxRules = 20_000;
/** Sheets inside of sheets. */
const maxImports = 10;

/** More conditions on containers are not decided. */
const maxContainers = 200;

/** Where a rule stands. */
interface Surroundings {
  readonly parent: SelectorList | undefined;
  readonly layer: string | undefined;
  readonly isUncertain: boolean;
  readonly scope: Scope | undefined;
  readonly containers: readonly ContainerQuery[];
}

/** Reads the style sheets of a document, in their order. */
export function compileSheets(sheets: readonly string[], isQuirky: boolean): StyleRules {
  const rules: (StyleRule & { readonly layerName: string | undefined })[] = [];
  const layers: string[] = [];
  const keyframes = new Map<string, readonly Keyframe[]>();
  const blankFonts = new Set<string>();
  const registered = new Map<string, RegisteredProperty>();
  let namespaces = new Map<string, string>();
  let [imports, containerCount] = [0, 0];
  let isCut = false;

  const nameLayer = (name: string) => {
    if (!layers.includes(name) && layers.length < maxRules) layers.push(name);
  };

  const addSheet = (css: string, around: Surroundings): void => {
    namespaces = new Map();
    for (const rule of parseSheet(tokensOf(css))) addRule(rule, around);
  };

  const addRule = (rule: RawRule, around: Surroundings): void => {
    if (rules.length >= maxRules) {
      isCut = true;
      return;
    }
    if (rule.name === '') addStyleRule(rule, around);
    else addAtRule(rule, around);
  };

  const addStyleRule = ({ prelude, block }: RawRule, around: Surroundings): void => {
    const context: SelectorContext = { parent: around.parent, namespaces };
    const selectors = parseSelectors(trimSpace(prelude), context);
    if (selectors !== undefined) addBlock(block ?? [], { ...around, parent: selectors });
  };

  /** Declarations between nested rules keep their place among them. */
  const addBlock = (block: RawBlock, around: Surroundings): void => {
    let own: RawDeclaration[] = [];
    const flush = () => {
      if (own.length > 0 && around.parent !== undefined)
        addDeclarations(readDeclarations(own, isQuirky), around.parent, around);
      own = [];
    };
    for (const item of block) {
      if ('property' in item) own.push(item);
      else {
        flush();
        addRule(item, around);
      }
    }
    flush();
  };

  const addDeclarations = (
    declarations: readonly Declaration[],
    selectors: SelectorList,
    around: Surroundings,
  ): void => {
    if (declarations.length === 0) return;
    const { layer, isUncertain, scope, containers } = around;
    for (const selector of selectors) {
      const order = rules.length;
      rules.push({ selector, declarations, order, layer: 0, layerName: layer, isUncertain, scope, containers });
    }
  };

  const addAtRule = ({ name, prelude, block }: RawRule, around: Surroundings): void => {
    switch (name) {
      case 'media':
        if (matchesMedia(prelude)) addBlock(block ?? [], around);
        return;
      case 'supports': {
        const isSupported = evaluateSupports(prelude);
        if (isSupported !== false)
          addBlock(block ?? [], { ...around, isUncertain: around.isUncertain || isSupported === 'unknown' });
        return;
      }
      case 'container':
        containerCount += 1;
        addBlock(
          block ?? [],
          containerCount > maxContainers
            ? { ...around, isUncertain: true }
            : { ...around, containers: [...around.containers, readContainer(prelude)] },
        );
        return;
      case 'layer':
        addLayer(prelude, block, around);
        return;
      case 'scope':
        addBlock(block ?? [], { ...around, scope: readScope(prelude) });
        return;
      case 'import':
        addImport(prelude, around);
        return;
      case 'namespace':
        addNamespace(prelude);
        return;
      case 'keyframes':
      case '-webkit-keyframes':
        keyframes.set(textOf(trimSpace(prelude)[0]).toLowerCase(), readKeyframes(block ?? [], isQuirky));
        return;
      case 'font-face': {
        const family = blankFamily((block ?? []).filter((item) => 'property' in item));
        if (family !== undefined) blankFonts.add(family);
        return;
      }
      case 'property':
        registered.set(
          textOf(trimSpace(prelude)[0]),
          registeredProperty((block ?? []).filter((item) => 'property' in item)),
        );
    }
  };

  const addLayer = (prelude: readonly CSSToken[], block: RawBlock | undefined, around: Surroundings): void => {
    const outer = around.layer === undefined ? '' : `${around.layer}.`;
    const names = prelude
      .map(([type, text]) => (type === TokenType.Whitespace ? '' : text))
      .join('')
      .split(',');
    if (block === undefined) {
      for (const name of names) nameLayer(outer + name);
      return;
    }
    addBlock(block, layerWithin(names[0] ?? '', around));
  };

  /** A layer, or one without a name, inside of what is around it. */
  const layerWithin = (name: string, around: Surroundings): Surroundings => {
    const outer = around.layer === undefined ? '' : `${around.layer}.`;
    const layer = outer + (name === '' ? `(${rules.length})` : name);
    nameLayer(layer);
    return { ...around, layer };
  };

  const readScope = (prelude: readonly CSSToken[]): Scope => {
    const lists = prelude.flatMap((token, index) => {
      if (token[0] !== TokenType.OpenParen) return [];
      return [
        parseSelectors(prelude.slice(index + 1, skipValue(prelude, index) - 1), { parent: undefined, namespaces }) ??
          [],
      ];
    });
    return { roots: lists[0] ?? [], limits: lists[1] ?? [] };
  };

  const addImport = (prelude: readonly CSSToken[], around: Surroundings): void => {
    const tokens = trimSpace(prelude);
    const end = skipValue(tokens, 0);
    // `url("…")` is a function with a text in it.
    const address = tokens.slice(0, end).find(([type]) => type === TokenType.String || type === TokenType.URL);
    const css = dataText(textOf(address), 'text/css');
    imports += 1;
    if (css === undefined || imports > maxImports) return;
    const { layer, isSupported, media } = readImport(trimSpace(tokens.slice(end)));
    if (isSupported === false || !matchesMedia(media)) return;
    const within = layer === undefined ? around : layerWithin(layer, around);
    const outer = namespaces;
    addSheet(css, { ...within, isUncertain: around.isUncertain || isSupported === 'unknown' });
    namespaces = outer;
  };

  const addNamespace = (prelude: readonly CSSToken[]): void => {
    const parts = prelude.filter(([type]) => type !== TokenType.Whitespace);
    const address = parts.at(-1);
    const prefix = parts.length > 1 ? textOf(parts[0]) : '';
    if (address !== undefined) namespaces.set(prefix, textOf(address));
  };

  for (const css of sheets)
    addSheet(css, { parent: undefined, layer: undefined, isUncertain: false, scope: undefined, containers: [] });
  const places = new Map(layers.map((name, index) => [name, index]));
  return {
    rules: rules.map(({ layerName, ...rule }) => ({
      ...rule,
      layer: layerName === undefined ? Number.POSITIVE_INFINITY : (places.get(layerName) ?? 0),
    })),
    keyframes,
    blankFonts,
    registered,
    isCut,
  };
}

/** What stands behind the address of an `@import` (CSS Cascade 5 section 2): `layer`, `supports(…)`, a list of media. */
function readImport(tokens: readonly CSSToken[]): {
  readonly layer: string | undefined;
  readonly isSupported: ReturnType<typeof evaluateSupports>;
  readonly media: readonly CSSToken[];
} {
  let rest = tokens;
  let layer: string | undefined;
  let isSupported: ReturnType<typeof evaluateSupports> = true;
  const [first] = rest;
  const isFunction = first?.[0] === TokenType.Function && first[4].value.toLowerCase() === 'layer';
  if (isFunction || textOf(first).toLowerCase() === 'layer') {
    const end = isFunction ? skipValue(rest, 0) : 1;
    layer = rest
      .slice(1, end - 1)
      .map(([, text]) => text)
      .join('')
      .trim();
    rest = trimSpace(rest.slice(end));
  }
  const [next] = rest;
  if (next?.[0] === TokenType.Function && next[4].value.toLowerCase() === 'supports') {
    const end = skipValue(rest, 0);
    // A declaration may stand there without brackets of its own.
    const opening: CSSToken = [TokenType.OpenParen, '(', next[2], next[3], undefined];
    isSupported = evaluateSupports([opening, ...rest.slice(1, end)]);
    rest = trimSpace(rest.slice(end));
  }
  return { layer, isSupported, media: rest };
}

/** A name may stand in front of the condition. */
function readContainer(prelude: readonly CSSToken[]): ContainerQuery {
  const tokens = trimSpace(prelude);
  const [first] = tokens;
  const name = first?.[0] === TokenType.Ident ? first[4].value.toLowerCase() : 'not';
  return name === 'not' ? { name: undefined, condition: tokens } : { name, condition: trimSpace(tokens.slice(1)) };
}

function textOf(token: CSSToken | undefined): string {
  if (token?.[0] === TokenType.Ident || token?.[0] === TokenType.String) return token[4].value;
  return token?.[0] === TokenType.URL ? token[4].value : '';
}

function registeredProperty(descriptors: readonly RawDeclaration[]): RegisteredProperty {
  const valueOf = (name: string) => descriptors.find(({ property }) => property === name)?.tokens;
  return { isInherited: wordOf(valueOf('inherits') ?? []) !== 'false', initial: valueOf('initial-value') };
}
