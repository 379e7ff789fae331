import { gradientColors } from '../css/image.ts';
import { pixelsOf } from '../css/length.ts';
import type { ComputedStyle } from '../style/computed-style.ts';

/** Masks that leave less than this of a box show nothing. */
const minAlpha = 0.1;

/** Whether every layer of a mask is transparent, or too small to leave anything. Pictures are not known. */
export function isMaskedAway({ maskImage, maskSize }: ComputedStyle): boolean {
  if (maskImage.length === 0) return false;
  return maskImage.every(([image], index) => {
    const size = maskSize[index % Math.max(1, maskSize.length)] ?? [];
    if (size.some((value) => pixelsOf(value) === 0)) return true;
    const colors = image?.kind === 'function' ? gradientColors(image) : undefined;
    return colors?.every((color) => typeof color === 'object' && color.alpha < minAlpha) === true;
  });
}
