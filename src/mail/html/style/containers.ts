import type { ContainerQuery } from '../cascade/style-rules.ts';
import { evaluateCondition, type Decide } from '../css/condition.ts';
import { screen } from '../css/length.ts';
import { featuresOf } from '../css/media-query.ts';
import type { CustomValue } from '../css/substitute.ts';
import { and, type Ternary } from '../css/ternary.ts';
import { TokenType, trimSpace, type CSSToken } from '../css/tokens.ts';
import { askedWidth, definite, distance, edgesOf } from '../layout/box-sizes.ts';
import { isPlaced, type ComputedStyle } from './computed-style.ts';

/** An element that the rules for what is in it may ask about (CSS Conditional 5), and those around it. */
export interface Container {
  readonly style: ComputedStyle;
  readonly customValue: CustomValue;
  /** How wide it is inside: at least, and at most. */
  readonly width: readonly [least: number, most: number];
  readonly outer: Container | undefined;
}

const page: Container['width'] = [screen.width, screen.width];

const blocks = new Set(['block', 'flow-root', 'list-item', 'flex', 'grid']);

/** The container that an element is for what is in it. */
export function containerOf(style: ComputedStyle, customValue: CustomValue, outer: Container | undefined): Container {
  return { style, customValue, width: widthInside(style, outer), outer };
}

function widthInside(style: ComputedStyle, outer: Container | undefined): Container['width'] {
  const [least, most] = outer?.width ?? page;
  const { left, right } = edgesOf(style, most);
  const isOwn = definite(style.width, least === most ? most : undefined) !== undefined;
  const isFilling =
    least === most &&
    blocks.has(style.display) &&
    isBlockContainer(outer) &&
    style.float === 'none' &&
    !isPlaced(style);
  const margins = distance(style.marginLeft, most) + distance(style.marginRight, most);
  const width = Math.max(0, askedWidth(style, most, Math.max(0, most - margins)) - left - right);
  return isOwn || isFilling ? [width, width] : [0, Math.max(width, screen.width)];
}

function isBlockContainer(outer: Container | undefined): boolean {
  return outer === undefined || /^(?:block|flow-root|list-item)$/.test(outer.style.display);
}

const decided = new WeakMap<Container, Map<ContainerQuery, Ternary>>();

/** Whether rules apply to an element in these containers; `unknown` where sizes decide that are not known. */
export function holdsIn(queries: readonly ContainerQuery[], around: Container | undefined): Ternary {
  return and(queries.map((query) => holdsOnce(query, around)));
}

/** Many elements are in the same container. */
function holdsOnce(query: ContainerQuery, around: Container | undefined): Ternary {
  if (around === undefined) return holds(query, around);
  const known = decided.get(around) ?? new Map<ContainerQuery, Ternary>();
  decided.set(around, known);
  const result = known.get(query) ?? holds(query, around);
  known.set(query, result);
  return result;
}

function holds({ name, condition }: ContainerQuery, around: Container | undefined): Ternary {
  const find = (isOne: (container: Container) => boolean): Container | undefined => {
    for (let one = around; one !== undefined; one = one.outer) {
      if ((name === undefined || one.style.containerName.includes(name)) && isOne(one)) return one;
    }
    return undefined;
  };
  if (condition.length === 0) return find(() => true) !== undefined;
  const decide: Decide = (tokens, functionName) => {
    if (functionName === 'style')
      return decideStyle(
        tokens,
        find(() => true),
      );
    if (functionName !== '') return 'unknown';
    const isHigh = tokens.some(
      (token) => token[0] === TokenType.Ident && /height|block|ratio|orient/.test(token[4].value),
    );
    const types = isHigh ? ['size'] : ['size', 'inline-size'];
    const container = find(({ style }) => style.containerType.some((type) => types.includes(type)));
    return container === undefined ? false : decideSize(tokens, container);
  };
  return evaluateCondition(condition, decide) ?? false;
}

/** A feature that is the same for the least and the greatest width is so for each between. */
function decideSize(tokens: readonly CSSToken[], { style, width }: Container): Ternary {
  const height = definite(style.height, undefined);
  const [one, other] = width.map((pixels) => {
    const high = height === undefined ? {} : { height, 'block-size': height, 'aspect-ratio': pixels / height };
    const orientation = height === undefined ? {} : { orientation: [pixels > height ? 'landscape' : 'portrait'] };
    return featuresOf({ width: pixels, 'inline-size': pixels, ...high }, orientation)(tokens, '');
  });
  return one === other && one !== undefined ? one : 'unknown';
}

/** `--name` or `--name: value`. */
function decideStyle(tokens: readonly CSSToken[], container: Container | undefined): Ternary {
  const parts = trimSpace(tokens);
  const [name] = parts;
  if (container === undefined) return false;
  if (name?.[0] !== TokenType.Ident || !name[4].value.startsWith('--')) return 'unknown';
  const actual = container.customValue(name[4].value);
  const colon = parts.findIndex(([type]) => type === TokenType.Colon);
  if (colon < 0) return actual !== undefined;
  const wanted = trimSpace(parts.slice(colon + 1));
  return actual !== undefined && textOf(trimSpace(actual)) === textOf(wanted);
}

function textOf(tokens: readonly CSSToken[]): string {
  return tokens.map(([, text]) => text).join('');
}
