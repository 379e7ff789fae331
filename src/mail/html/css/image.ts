import { parseColor, type Color, type ColorValue } from './color.ts';
import { splitAtCommas, type FunctionValue, type Value } from './tokens.ts';

const gradients = new Set(
  ['linear', 'radial', 'conic'].flatMap((kind) => [
    `${kind}-gradient`,
    `repeating-${kind}-gradient`,
    `-webkit-${kind}-gradient`,
    `-webkit-repeating-${kind}-gradient`,
  ]),
);

/** Whether a value is an image: an address, a gradient, or a choice of images. */
export function isImage(value: Value): boolean {
  if (value.kind === 'url') return true;
  if (value.kind !== 'function') return false;
  if (
    /^(?:url|image-set|-webkit-image-set|cross-fade|-webkit-cross-fade|element|image|paint|-webkit-gradient)$/.test(
      value.name,
    )
  )
    return true;
  return gradients.has(value.name) && gradientColors(value) !== undefined;
}

/** The colours of a gradient's stops; undefined where it is no valid gradient. */
export function gradientColors(
  value: FunctionValue,
  current?: Color,
): readonly Exclude<ColorValue, undefined>[] | undefined {
  if (!gradients.has(value.name)) return undefined;
  const stops = splitAtCommas(value.values).map((part) => part.flatMap((one) => parseColor(one, current) ?? []));
  const colors = stops.flat();
  // The first part may be a direction, any other but a hint (a position alone) has a colour.
  return colors.length >= 2 || (colors.length === 1 && stops.length === 1) ? colors : undefined;
}
