import type { Color } from '../css/color.ts';

/** One channel of the source and of the backdrop, from 0 to 1 (Compositing and Blending 1, section 9). */
type Mix = (source: number, backdrop: number) => number;

const hardLight: Mix = (source, backdrop) =>
  source <= 0.5 ? 2 * source * backdrop : 1 - 2 * (1 - source) * (1 - backdrop);

const mixes: Readonly<Record<string, Mix>> = {
  normal: (source) => source,
  multiply: (source, backdrop) => source * backdrop,
  screen: (source, backdrop) => source + backdrop - source * backdrop,
  overlay: (source, backdrop) => hardLight(backdrop, source),
  darken: Math.min,
  lighten: Math.max,
  'color-dodge': (source, backdrop) => (backdrop === 0 ? 0 : source >= 1 ? 1 : Math.min(1, backdrop / (1 - source))),
  'color-burn': (source, backdrop) => (backdrop >= 1 ? 1 : source <= 0 ? 0 : 1 - Math.min(1, (1 - backdrop) / source)),
  'hard-light': hardLight,
  difference: (source, backdrop) => Math.abs(source - backdrop),
  exclusion: (source, backdrop) => source + backdrop - 2 * source * backdrop,
  'plus-lighter': (source, backdrop) => Math.min(1, source + backdrop),
  'plus-darker': (source, backdrop) => Math.max(0, source + backdrop - 1),
};

/** A colour blended with the opaque one behind it; `unknown` for modes that mix the channels. */
export function blend(source: Color, backdrop: Color, mode: string): Color | 'unknown' {
  const mix = mixes[mode];
  if (mix === undefined) return 'unknown';
  const channel = (one: number, other: number) => mix(one / 255, other / 255) * 255;
  return {
    red: channel(source.red, backdrop.red),
    green: channel(source.green, backdrop.green),
    blue: channel(source.blue, backdrop.blue),
    alpha: source.alpha,
  };
}
