/** Red, green and blue from 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number];

export const white: Color = [255, 255, 255];
export const black: Color = [0, 0, 0];
export const linkBlue: Color = [0, 0, 238];

/** Names that mail uses to paint text in the colour of its ground. Any other name counts as unknown. */
const namedColors: Readonly<Record<string, Color>> = {
  white,
  black,
  silver: [192, 192, 192],
  gray: [128, 128, 128],
  grey: [128, 128, 128],
  red: [255, 0, 0],
  maroon: [128, 0, 0],
  yellow: [255, 255, 0],
  olive: [128, 128, 0],
  lime: [0, 255, 0],
  green: [0, 128, 0],
  aqua: [0, 255, 255],
  cyan: [0, 255, 255],
  teal: [0, 128, 128],
  blue: [0, 0, 255],
  navy: [0, 0, 128],
  fuchsia: [255, 0, 255],
  magenta: [255, 0, 255],
  purple: [128, 0, 128],
  orange: [255, 165, 0],
  snow: [255, 250, 250],
  ivory: [255, 255, 240],
  azure: [240, 255, 255],
  mintcream: [245, 255, 250],
  floralwhite: [255, 250, 240],
  ghostwhite: [248, 248, 255],
  whitesmoke: [245, 245, 245],
  lightgray: [211, 211, 211],
  lightgrey: [211, 211, 211],
};

/** Channels further apart than this can be told from each other by eye. */
const visibleDifference = 16;

/** A colour of CSS or of an HTML attribute; `transparent` for one without any opacity, undefined for one unknown here. */
export function parseColor(text: string): Color | 'transparent' | undefined {
  const value = text.trim().toLowerCase();
  if (value === 'transparent') return 'transparent';
  if (Object.hasOwn(namedColors, value)) return namedColors[value];
  const hex = /^#?([\da-f]{3,8})$/.exec(value)?.[1];
  if (hex !== undefined) return parseHex(hex);
  const channels = /^rgba?\(([^)]*)\)$/
    .exec(value)?.[1]
    ?.match(/[\d.]+%?/g)
    ?.map(readChannel);
  if (channels === undefined || channels.length < 3) return undefined;
  return fromChannels(channels);
}

function parseHex(hex: string): Color | 'transparent' | undefined {
  const digits = hex.length <= 4 ? Array.from(hex, (digit) => digit + digit) : (hex.match(/../g) ?? []);
  if (hex.length === 5 || hex.length === 7) return undefined;
  const channels = digits.map((pair) => Number.parseInt(pair, 16));
  return fromChannels(channels.length === 4 ? [...channels.slice(0, 3), Number(channels[3]) / 255] : channels);
}

function readChannel(text: string): number {
  return text.endsWith('%') ? (Number.parseFloat(text) * 255) / 100 : Number.parseFloat(text);
}

function fromChannels([red = 0, green = 0, blue = 0, opacity = 1]: readonly number[]): Color | 'transparent' {
  return opacity < 0.05 ? 'transparent' : [red, green, blue];
}

/** Whether text of one colour disappears on a ground of the other. */
export function isSameColor(one: Color, other: Color): boolean {
  return one.every((channel, index) => Math.abs(channel - (other[index] ?? 0)) <= visibleDifference);
}
