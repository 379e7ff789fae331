import type { Color } from '../css/color.ts';

/** A small picture, decoded. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly colors: readonly Color[];
}

/** Pictures with more pixels are not decoded, and those with more colours count as unknown. */
export const maxPixels = 4096;
const maxColors = 16;

/** The different colours among pixels; undefined where they are too many. */
export function distinctColors(pixels: Iterable<Color>): readonly Color[] | undefined {
  const found = new Map<string, Color>();
  for (const color of pixels) {
    found.set([color.red, color.green, color.blue, color.alpha].join(), color);
    if (found.size > maxColors) return undefined;
  }
  return [...found.values()];
}
