import { composite, type Color } from '../css/color.ts';
import { gradientColors } from '../css/image.ts';
import { pixelsOf, shareOf } from '../css/length.ts';
import type { Value } from '../css/tokens.ts';
import type { Picture } from '../picture/picture-at.ts';
import type { Pixels } from '../picture/pixels.ts';
import type { ComputedStyle } from '../style/computed-style.ts';

/** The colours that may be behind something, all opaque; undefined where they cannot be known. */
export type Ground = readonly Color[] | undefined;

/** What is known of the picture at an address. */
export type Pictures = (address: string) => Picture;

/** More colours than this count as unknown. */
const maxColors = 24;

/** A picture that is smaller in either direction and not repeated is no ground. */
const minPicturePixels = 4;

/** The ground that a box's background makes of the one behind it. `paint` is what filters do to its colours. */
export function backgroundOver(
  outer: Ground,
  style: ComputedStyle,
  paint: (color: Color) => Color,
  pictures: Pictures,
): { readonly ground: Ground; readonly isPainted: boolean } {
  const { backgroundColor, backgroundImage, color } = style;
  const own = backgroundColor === 'currentcolor' ? color : backgroundColor;
  if (own === 'unknown') return { ground: undefined, isPainted: true };
  if (own.alpha === 0 && backgroundImage.length === 0) return { ground: outer, isPainted: false };
  let ground: Ground = own.alpha >= 1 ? [paint(own)] : outer?.map((behind) => composite(paint(own), behind));
  let isPainted = own.alpha > 0;
  // The first image is the topmost.
  for (const [index, [image]] of backgroundImage.entries().toArray().toReversed()) {
    const colors = image === undefined ? [] : layerColors(image, index, style, pictures);
    if (colors?.length === 0) continue;
    isPainted = true;
    ground = colors === undefined ? undefined : over(colors.map(paint), ground);
  }
  return { ground, isPainted };
}

function over(colors: readonly Color[], ground: Ground): Ground {
  const opaque = colors.filter(({ alpha }) => alpha >= 1);
  if (opaque.length === colors.length) return opaque.slice(0, maxColors);
  const mixed = ground?.flatMap((behind) => colors.map((color) => composite(color, behind)));
  return mixed === undefined || mixed.length > maxColors ? undefined : mixed;
}

function layerColors(image: Value, index: number, style: ComputedStyle, pictures: Pictures): Ground {
  const picture = image.kind === 'url' ? pictures(image.text) : undefined;
  const pixels = typeof picture === 'object' ? picture : undefined;
  if (picture === 'absent' || isTooSmall(style, index, pixels)) return [];
  return picture === undefined ? gradientGround(image, style) : pixels?.colors;
}

function gradientGround(image: Value, style: ComputedStyle): Ground {
  if (image.kind !== 'function') return image.kind === 'word' && image.name === 'none' ? [] : undefined;
  const current = style.color === 'unknown' ? undefined : style.color;
  const colors = gradientColors(image, current)?.map((color) => (color === 'currentcolor' ? style.color : color));
  const known = colors?.filter((color): color is Color => color !== 'unknown');
  return known?.length === colors?.length ? known : undefined;
}

/** A layer that is not repeated covers no more than its size, which without a word about it is the picture's own. */
function isTooSmall(
  { backgroundSize, backgroundRepeat }: ComputedStyle,
  index: number,
  picture: Pixels | undefined,
): boolean {
  const size = backgroundSize[index % Math.max(1, backgroundSize.length)] ?? [];
  const repeat = backgroundRepeat[index % Math.max(1, backgroundRepeat.length)] ?? [];
  const asked = size.flatMap((value) => pixelsOf(value) ?? (shareOf(value) === 0 ? 0 : []));
  if (asked.includes(0)) return true;
  const isRepeated = !repeat.some((value) => value.kind === 'word' && value.name === 'no-repeat');
  const isSized = size.some((value) => value.kind !== 'word' || value.name !== 'auto');
  const extents = isSized || picture === undefined ? asked : [picture.width, picture.height];
  return !isRepeated && extents.some((extent) => extent < minPicturePixels);
}
