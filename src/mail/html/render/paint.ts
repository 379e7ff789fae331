import { composite, isSameColor, parseColor, transparent, type Color } from '../css/color.ts';
import { numberOf, pixelsOf } from '../css/length.ts';
import { splitAtCommas, type Value } from '../css/tokens.ts';
import type { ComputedStyle, Paint } from '../style/computed-style.ts';
import { blend } from './blend.ts';
import { filterColor, filterOpacity, hasUnknownFilter } from './filter.ts';
import { backgroundOver, type Ground, type Pictures } from './ground.ts';

/** What the boxes around a text do to its colours. */
export interface PaintState {
  /** The colours that may be behind it. */
  readonly ground: Ground;
  /** Whether a box paints the ground; else it is the bare page. */
  readonly isGroundPainted: boolean;
  /** The product of all opacities. */
  readonly opacity: number;
  /** The filters of the boxes around, the innermost first. */
  readonly filters: readonly (readonly Value[])[];
  /** The colours in which a background shows through transparent letters (`background-clip: text`). */
  readonly lettersGround: Ground | 'none';
  readonly blendMode: string;
  /** Whether something is painted behind what is blended; over the bare page it is as it is. */
  readonly isBackdropPainted: boolean;
}

/** The bare page. */
export function pagePaint(page: Color): PaintState {
  return {
    ground: [page],
    isGroundPainted: false,
    opacity: 1,
    filters: [],
    lettersGround: 'none',
    blendMode: 'normal',
    isBackdropPainted: false,
  };
}

/** The state inside of a box. */
export function paintInside(outer: PaintState, style: ComputedStyle, pictures: Pictures): PaintState {
  const filters = style.filter.length === 0 ? outer.filters : [style.filter, ...outer.filters];
  const paint = (color: Color) => filterAll(color, filters);
  const background = backgroundOver(outer.ground, style, paint, pictures);
  const isForLetters = style.backgroundClip.includes('text');
  return {
    ground: isForLetters ? outer.ground : background.ground,
    isGroundPainted: outer.isGroundPainted || (background.isPainted && !isForLetters),
    opacity: outer.opacity * style.opacity * filterOpacity(style.filter),
    filters,
    lettersGround: isForLetters && background.isPainted ? background.ground : outer.lettersGround,
    blendMode: style.mixBlendMode === 'normal' ? outer.blendMode : style.mixBlendMode,
    isBackdropPainted: style.mixBlendMode === 'normal' ? outer.isBackdropPainted : outer.isGroundPainted,
  };
}

/** A colour as the filters of the boxes around leave it, the innermost first. */
export function filterAll(color: Color, filters: readonly (readonly Value[])[]): Color {
  return filters.reduce(filterColor, color);
}

/** What is left of text with less than this share of its opacity cannot be read. */
const minContrastShare = 0.1;

/** Shadows further away or more blurred show no letters. */
const maxShadowPixels = 20;
const minStrokePixels = 0.3;

/** Whether letters can be told from what is behind them. */
export function isLegible(style: ComputedStyle, state: PaintState, isSvg: boolean): boolean {
  if (state.opacity < minContrastShare) return false;
  if (state.ground === undefined || state.filters.some(hasUnknownFilter)) return true;
  const fill = colorOf(isSvg ? style.fill : style.textFill, style);
  if (fill === 'unknown') return true;
  const letters = isSvg ? { ...fill, alpha: fill.alpha * style.fillOpacity } : fill;
  if (isSeen(letters, state)) return true;
  if (letters.alpha < minContrastShare && state.lettersGround !== 'none') {
    if (state.lettersGround === undefined || state.lettersGround.some((color) => isSeen(color, state, false)))
      return true;
  }
  return hasVisibleStroke(style, state, isSvg) || hasVisibleShadow(style, state);
}

function colorOf(paint: Paint | 'none', style: ComputedStyle): Color | 'unknown' {
  if (paint === 'none') return transparent;
  return paint === 'currentcolor' ? style.color : paint;
}

/** Whether a colour differs from any of those behind it; opacity takes the same share from every difference. */
function isSeen(
  color: Color,
  { ground, filters, opacity, blendMode, isBackdropPainted }: PaintState,
  isFiltered = true,
): boolean {
  const painted = isFiltered ? filterAll(color, filters) : color;
  return (ground ?? []).some((behind) => {
    const blended = isBackdropPainted ? blend(painted, behind, blendMode) : painted;
    if (blended === 'unknown') return true;
    const seen = composite({ ...blended, alpha: painted.alpha * opacity }, behind);
    return !isSameColor(seen, behind);
  });
}

function hasVisibleStroke(style: ComputedStyle, state: PaintState, isSvg: boolean): boolean {
  if (!isSvg && style.textStrokeWidth < minStrokePixels) return false;
  const color = colorOf(isSvg ? style.stroke : style.textStroke, style);
  return color === 'unknown' || isSeen(color, state);
}

function hasVisibleShadow(style: ComputedStyle, state: PaintState): boolean {
  return splitAtCommas(style.textShadow).some((shadow) => {
    const lengths = shadow.flatMap((value) => pixelsOf(value) ?? []);
    if (lengths.length < 2 || lengths.some((length) => Math.abs(length) > maxShadowPixels)) return false;
    const paint = shadow
      .map((value) => (numberOf(value) === undefined ? parseColor(value) : undefined))
      .find((one) => one !== undefined);
    const color = colorOf(paint ?? 'currentcolor', style);
    return color === 'unknown' || isSeen(color, state);
  });
}
