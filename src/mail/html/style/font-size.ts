import { initialLengths, pixelsOf } from '../css/length.ts';
import type { Value } from '../css/tokens.ts';
import type { ComputedStyle } from './computed-style.ts';

/** CSS Fonts 4, section 2.5, with 16 pixels for the middle. */
const keywordSizes: Readonly<Record<string, number>> = {
  'xx-small': 9,
  'x-small': 10,
  small: 13,
  medium: 16,
  large: 18,
  'x-large': 24,
  'xx-large': 32,
  'xxx-large': 48,
};

const stepFactor = 1.2;
/** Chromium draws letters whose size is relative no smaller. */
const minRelativePixels = 6;

type FontSize = Pick<ComputedStyle, 'askedFontSize' | 'fontSize' | 'isAbsoluteFontSize'>;

/** The font size that a declaration makes of the one around. */
export function fontSizeOf(
  values: readonly Value[] | 'inherit' | 'initial' | 'unset' | 'unknown',
  parent: ComputedStyle,
  zoom: number,
  rootFontSize: number,
): FontSize {
  if (values === 'initial' || values === 'unknown') return drawn(keywordSizes['medium'] ?? 16, false, zoom);
  if (!Array.isArray(values)) return drawn(parent.askedFontSize, parent.isAbsoluteFontSize, zoom);
  const [value]: readonly Value[] = values;
  if (value === undefined) return drawn(parent.askedFontSize, parent.isAbsoluteFontSize, zoom);
  if (value.kind === 'word') {
    const keyword = keywordSizes[value.name];
    if (keyword !== undefined) return drawn(keyword, false, zoom);
    const factor = value.name === 'smaller' ? 1 / stepFactor : value.name === 'larger' ? stepFactor : 1;
    return drawn(parent.askedFontSize * factor, parent.isAbsoluteFontSize, zoom);
  }
  const size = parent.askedFontSize;
  const pixels = pixelsOf(value, { ...initialLengths, fontSize: size, rootFontSize, percentBase: size }) ?? size;
  const isRelative =
    value.kind === 'percentage' || (value.kind === 'length' && ['em', 'ex', 'ch', 'cap', 'ic'].includes(value.unit));
  return drawn(Math.max(0, pixels), !isRelative || parent.isAbsoluteFontSize, zoom);
}

/** The least size is one of before the zoom. */
function drawn(askedFontSize: number, isAbsoluteFontSize: boolean, zoom: number): FontSize {
  const isLifted = askedFontSize > 0 && askedFontSize < minRelativePixels && !isAbsoluteFontSize;
  return { askedFontSize, isAbsoluteFontSize, fontSize: (isLifted ? minRelativePixels : askedFontSize) * zoom };
}
