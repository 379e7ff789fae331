import type { Color } from '../css/color.ts';
import { pixelsOf, shareOf } from '../css/length.ts';
import type { Value } from '../css/tokens.ts';

const knownFilters = new Set('blur brightness contrast grayscale hue-rotate invert opacity saturate sepia'.split(' '));

/** Whether a filter does what is not computed here, such as an SVG filter or a shadow. */
export function hasUnknownFilter(filter: readonly Value[]): boolean {
  return filter.some((value) => value.kind !== 'function' || !knownFilters.has(value.name));
}

/** What the `opacity()` in a filter leaves. */
export function filterOpacity(filter: readonly Value[]): number {
  return amounts(filter, 'opacity').reduce((product, amount) => product * Math.min(1, amount), 1);
}

/** The radius of a filter's blur, in pixels. */
export function blurPixels(filter: readonly Value[]): number {
  const radii = filter.flatMap((value) => (value.kind === 'function' && value.name === 'blur' ? value.values : []));
  return radii.reduce((sum, value) => sum + (pixelsOf(value) ?? 0), 0);
}

function amounts(filter: readonly Value[], name: string): readonly number[] {
  return filter.flatMap((value) => (value.kind === 'function' && value.name === name ? [amountOf(value.values)] : []));
}

function amountOf([value]: readonly Value[]): number {
  return value === undefined ? 1 : (shareOf(value) ?? 1);
}

/** A colour as a filter leaves it (Filter Effects 1, section 6), hue rotation excepted. */
export function filterColor(color: Color, filter: readonly Value[]): Color {
  return filter.reduce(
    (seen, value) => (value.kind === 'function' ? applyOne(seen, value.name, amountOf(value.values)) : seen),
    color,
  );
}

function applyOne(color: Color, name: string, amount: number): Color {
  switch (name) {
    case 'brightness':
      return eachChannel(color, (channel) => channel * amount);
    case 'contrast':
      return eachChannel(color, (channel) => (channel - 127.5) * amount + 127.5);
    case 'invert':
      return eachChannel(color, (channel) => channel * (1 - 2 * Math.min(1, amount)) + 255 * Math.min(1, amount));
    case 'grayscale':
      return towardsGray(color, Math.min(1, amount));
    case 'saturate':
      return towardsGray(color, 1 - amount);
    case 'sepia':
      return sepia(color, Math.min(1, amount));
    default:
      return color;
  }
}

function eachChannel({ red, green, blue, alpha }: Color, change: (channel: number) => number): Color {
  const cut = (channel: number) => Math.min(255, Math.max(0, change(channel)));
  return { red: cut(red), green: cut(green), blue: cut(blue), alpha };
}

function towardsGray(color: Color, share: number): Color {
  const gray = 0.2126 * color.red + 0.7152 * color.green + 0.0722 * color.blue;
  return eachChannel(color, (channel) => channel * (1 - share) + gray * share);
}

function sepia(color: Color, share: number): Color {
  const { red, green, blue, alpha } = color;
  const toned = {
    red: 0.393 * red + 0.769 * green + 0.189 * blue,
    green: 0.349 * red + 0.686 * green + 0.168 * blue,
    blue: 0.272 * red + 0.534 * green + 0.131 * blue,
    alpha,
  };
  const mix = (one: number, other: number) => Math.min(255, one * (1 - share) + other * share);
  return { red: mix(red, toned.red), green: mix(green, toned.green), blue: mix(blue, toned.blue), alpha };
}
