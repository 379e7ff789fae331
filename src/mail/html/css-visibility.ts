import type { Color } from './css-color.ts';
import { black, isSameColor, parseColor, white } from './css-color.ts';
import type { Declarations } from './css-declarations.ts';

/** What the styles of an element and of those around it do to the text in it. */
export interface Visibility {
  /** Taken away with everything inside it; nothing inside can bring it back. */
  readonly isRemoved: boolean;
  /** `visibility: hidden`, which an element inside can undo. */
  readonly isInvisible: boolean;
  /** A font too small to read, which an element inside can undo: newsletters close gaps with `font-size: 0`. */
  readonly isTiny: boolean;
  readonly foreground: Color | 'transparent' | undefined;
  /** Undefined where it is a picture or cannot be known. */
  readonly background: Color | undefined;
}

/** Text at or under this size is not meant to be read. */
const tinyPixels = 1.5;
/** Opacity under this leaves nothing to see. */
const minOpacity = 0.1;
/** Moved further than this, an element has left the page. */
const offScreenPixels = 400;
const browserFontPixels = 16;

/** Black on white, unless a style sheet that cannot be read in full may have painted the ground. */
export function initialVisibility(isBackgroundKnown: boolean): Visibility {
  return {
    isRemoved: false,
    isInvisible: false,
    isTiny: false,
    foreground: black,
    background: isBackgroundKnown ? white : undefined,
  };
}

/** Whether text can be seen. */
export function isShown({ isRemoved, isInvisible, isTiny, foreground, background }: Visibility): boolean {
  if (isRemoved || isInvisible || isTiny || foreground === 'transparent') return false;
  return foreground === undefined || background === undefined || !isSameColor(foreground, background);
}

/** The visibility inside an element that declares `style`. */
export function applyStyle(outer: Visibility, style: Declarations): Visibility {
  if (outer.isRemoved || style.size === 0) return outer;
  return {
    isRemoved: isRemoved(style),
    isInvisible: isInvisible(style, outer.isInvisible),
    isTiny: isTiny(style, outer.isTiny),
    foreground: foregroundOf(style, outer.foreground),
    background: backgroundOf(style, outer.background),
  };
}

function isRemoved(style: Declarations): boolean {
  const valueOf = (property: string): string => style.get(property)?.value ?? '';
  const opacity = Number.parseFloat(valueOf('opacity'));
  if (valueOf('display') === 'none') return true;
  if ((valueOf('opacity').endsWith('%') ? opacity / 100 : opacity) < minOpacity) return true;
  if (/opacity\s*[=(]\s*0*(\.0\d*)?\s*\)/.test(valueOf('filter'))) return true;
  return isShrunk(valueOf) || isOffScreen(valueOf) || isClipped(valueOf);
}

function isShrunk(valueOf: (property: string) => string): boolean {
  const isCut = ['overflow', 'overflow-x', 'overflow-y'].some((name) => /hidden|clip/.test(valueOf(name)));
  return isCut && ['width', 'height', 'max-width', 'max-height'].some((name) => (pixels(valueOf(name)) ?? 100) <= 1);
}

function isOffScreen(valueOf: (property: string) => string): boolean {
  const isPlaced = /absolute|fixed|relative/.test(valueOf('position'));
  const moves = [...(isPlaced ? ['left', 'top', 'right', 'bottom'] : []), 'text-indent', 'margin-left', 'margin-top'];
  if (moves.some((name) => (pixels(valueOf(name)) ?? 0) <= -offScreenPixels)) return true;
  if (isPlaced && ['left', 'top'].some((name) => (pixels(valueOf(name)) ?? 0) >= 5000)) return true;
  const shift = /translate[xy]?\(\s*(-?[\d.]+[a-z]+)/.exec(valueOf('transform'))?.[1];
  return (pixels(shift ?? '') ?? 0) <= -offScreenPixels;
}

function isClipped(valueOf: (property: string) => string): boolean {
  if (/scale[xy]?\(\s*0*(\.0\d*)?\s*[,)]/.test(valueOf('transform'))) return true;
  const clip = /^rect\(([^)]*)\)/.exec(valueOf('clip'))?.[1];
  if (clip?.split(/[\s,]+/).every((edge) => (pixels(edge) ?? 100) <= 1) === true) return true;
  return /inset\(\s*(100|50)%|circle\(\s*0|polygon\(\s*0[^,)]*\)/.test(valueOf('clip-path'));
}

function isInvisible(style: Declarations, outer: boolean): boolean {
  const value = style.get('visibility')?.value;
  return value === undefined || value === 'inherit' ? outer : value === 'hidden' || value === 'collapse';
}

function isTiny(style: Declarations, outer: boolean): boolean {
  const value = style.get('font-size')?.value ?? /(?:^|\s)([\d.]+[a-z%]+)/.exec(style.get('font')?.value ?? '')?.[1];
  if (value === undefined) return outer;
  const size = Number.parseFloat(value);
  const isRelative = /(?<!r)em$|%$|ex$|ch$|smaller|larger|inherit/.test(value);
  if (!isRelative) return (pixels(value) ?? browserFontPixels) <= tinyPixels;
  const factor = value.endsWith('%') ? size / 100 : size;
  return outer || factor * browserFontPixels <= tinyPixels;
}

function foregroundOf(style: Declarations, outer: Visibility['foreground']): Visibility['foreground'] {
  const value = style.get('-webkit-text-fill-color')?.value ?? style.get('color')?.value;
  return value === undefined || value === 'inherit' ? outer : parseColor(value);
}

function backgroundOf(style: Declarations, outer: Color | undefined): Color | undefined {
  const value = style.get('background-color')?.value ?? style.get('background')?.value;
  const image = style.get('background-image')?.value ?? style.get('background')?.value ?? '';
  if (/url\(|gradient\(/.test(image)) return undefined;
  if (value === undefined || /^(inherit|none|initial|unset)$/.test(value)) return outer;
  const colors = value.match(/[a-z]+\([^)]*\)|[#\w.-]+/g) ?? [];
  const color = colors.map(parseColor).find((candidate) => candidate !== undefined);
  return color === 'transparent' ? outer : color;
}

/** A length in pixels; undefined for one that depends on something else. */
function pixels(length: string): number | undefined {
  const match = /^(-?(?:\d+\.?\d*|\.\d+))(px|pt|em|rem|cm|mm|in|pc|%|vw|vh)?$/.exec(length.trim());
  if (match === null) return undefined;
  const value = Number(match[1]);
  // A unit matters only for how many times: what is asked is whether nothing is left, or very much is taken.
  const factors: Readonly<Record<string, number>> = { pt: 1.33, em: 16, rem: 16, cm: 38, mm: 3.8, in: 96, pc: 16 };
  if (value === 0) return 0;
  if (match[2] === '%' || match[2] === 'vw' || match[2] === 'vh') return value * 8;
  return value * (factors[match[2] ?? ''] ?? 1);
}
