import { parseShape } from './shape.ts';
import { splitAtCommas, type Value } from './tokens.ts';
import { parseTransform } from './transform.ts';
import {
  either,
  isAngle,
  isColor,
  isLength,
  isLengthOrPercentage,
  isNumber,
  isPositiveLength,
  isPositiveNumber,
  isShare,
  one,
  someWords,
  words,
  type ValueTest,
} from './value-tests.ts';
import { isImage } from './image.ts';

/** A longhand property that bears on what is seen. */
export interface Property {
  readonly isInherited: boolean;
  /** Whether a browser takes the values; what it does not take is dropped. */
  readonly accepts: ValueTest;
}

const displayWords =
  'none block inline inline-block flex inline-flex grid inline-grid table inline-table table-row table-cell table-row-group table-header-group table-footer-group table-column table-column-group table-caption list-item flow-root contents ruby ruby-text math -webkit-box -webkit-inline-box -webkit-flex -webkit-inline-flex';

const size = either(
  one(isPositiveLength),
  words(
    'auto min-content max-content fit-content -webkit-fill-available stretch -webkit-fit-content -webkit-max-content -webkit-min-content',
  ),
  one((value) => value.kind === 'function' && value.name === 'fit-content'),
);
const maxSize = either(size, words('none'));
const offset = either(one(isLengthOrPercentage), words('auto'));
const padding = one(isPositiveLength);
const borderWidth = either(
  one((value) => isPositiveLength(value) && value.kind !== 'percentage'),
  words('thin medium thick'),
);
const borderStyle = words('none hidden dotted dashed solid double groove ridge inset outset');
const color = one(isColor);
const overflow = words('visible hidden scroll auto clip overlay');

function list(test: ValueTest): ValueTest {
  return (values) => splitAtCommas(values).every((part) => test(part));
}

/** Values of a form that is not looked at: whatever is there is taken. */
const anything: ValueTest = (values) => values.length > 0;

function own(accepts: ValueTest): Property {
  return { isInherited: false, accepts };
}

function inherited(accepts: ValueTest): Property {
  return { isInherited: true, accepts };
}

const sides = ['top', 'right', 'bottom', 'left'];

function forSides(name: (side: string) => string, property: Property): readonly (readonly [string, Property])[] {
  return sides.map((side) => [name(side), property]);
}

function isIdent(value: Value): boolean {
  return value.kind === 'word';
}

const backgroundSize: ValueTest = (values) =>
  words('cover contain')(values) ||
  (values.length > 0 &&
    values.length <= 2 &&
    values.every((value) => isPositiveLength(value) || (value.kind === 'word' && value.name === 'auto')));

/** A number, a name, or `span` with one. */
const gridLine: ValueTest = (values) =>
  values.length > 0 && values.length <= 3 && values.every((value) => isNumber(value) || isIdent(value));

const twoPart: ValueTest = (values) => values.length > 0 && values.length <= 4;

/** The longhands by name. Whatever is not here does not decide what is seen. */
export const properties: ReadonlyMap<string, Property> = new Map([
  ['animation-delay', own(anything)],
  ['animation-direction', own(anything)],
  ['animation-fill-mode', own(list(words('none forwards backwards both')))],
  ['animation-duration', own(anything)],
  ['animation-iteration-count', own(anything)],
  ['animation-name', own(anything)],
  ['animation-timeline', own(anything)],
  ['backdrop-filter', own(anything)],
  ['backface-visibility', own(words('visible hidden'))],
  ['background-clip', own(list(words('border-box padding-box content-box text border-area')))],
  ['background-color', own(color)],
  ['background-image', own(list(either(words('none'), one(isImage))))],
  ['background-repeat', own(list(someWords('repeat repeat-x repeat-y no-repeat space round')))],
  ['background-size', own(list(backgroundSize))],
  ...forSides((side) => `border-${side}-color`, own(color)),
  ['border-spacing', inherited((values) => values.length > 0 && values.length <= 2 && values.every(isLength))],
  ...forSides((side) => `border-${side}-style`, own(borderStyle)),
  ...forSides((side) => `border-${side}-width`, own(borderWidth)),
  ['box-shadow', own(anything)],
  ['box-sizing', own(words('content-box border-box'))],
  ['caption-side', inherited(words('top bottom'))],
  [
    'clip',
    own(
      either(
        words('auto'),
        one((value) => value.kind === 'function' && value.name === 'rect'),
      ),
    ),
  ],
  [
    'clip-path',
    own(
      either(words('none border-box padding-box content-box margin-box fill-box stroke-box view-box'), (values) =>
        values.some((value) => value.kind === 'url' || parseShape(value) !== undefined),
      ),
    ),
  ],
  ['color', inherited(color)],
  ['color-scheme', inherited((values) => values.length > 0 && values.every(isIdent))],
  ['column-gap', own(either(words('normal'), one(isPositiveLength)))],
  ['contain', own(someWords('none strict content size inline-size layout style paint'))],
  ['container-name', own((values) => values.length > 0 && values.every(isIdent))],
  ['container-type', own(someWords('normal size inline-size scroll-state'))],
  ['content', own(anything)],
  ['content-visibility', own(words('visible hidden auto'))],
  ['direction', inherited(words('ltr rtl'))],
  [
    'display',
    own(either(words(displayWords), someWords('block inline flow flow-root flex grid table list-item ruby'))),
  ],
  ['fill', inherited(either(color, anything))],
  ['fill-opacity', inherited(one(isShare))],
  [
    'filter',
    own(
      either(
        words('none'),
        (values) => values.length > 0 && values.every((value) => value.kind === 'function' || value.kind === 'url'),
      ),
    ),
  ],
  ['flex-basis', own(either(size, words('content')))],
  ['flex-direction', own(words('row row-reverse column column-reverse'))],
  ['flex-grow', own(one(isPositiveNumber))],
  ['flex-shrink', own(one(isPositiveNumber))],
  ['flex-wrap', own(words('nowrap wrap wrap-reverse'))],
  ['float', own(words('none left right inline-start inline-end'))],
  ['font-family', inherited(anything)],
  ['font-size-adjust', inherited(anything)],
  [
    'font-size',
    inherited(
      either(
        one(isPositiveLength),
        words('xx-small x-small small medium large x-large xx-large xxx-large smaller larger math'),
      ),
    ),
  ],
  ...['grid-auto-columns', 'grid-auto-rows', 'grid-template-areas', 'grid-template-columns', 'grid-template-rows'].map(
    (name) => [name, own(anything)] as const,
  ),
  ...['column-end', 'column-start', 'row-end', 'row-start'].map(
    (name) => [`grid-${name}`, own(either(words('auto'), gridLine))] as const,
  ),
  ['height', own(size)],
  ['justify-content', own(anything)],
  ['letter-spacing', inherited(either(words('normal'), one(isLengthOrPercentage)))],
  ['-webkit-line-clamp', own(either(words('none'), one(isPositiveNumber)))],
  [
    'line-height',
    inherited(
      either(
        words('normal'),
        one((value) => isPositiveNumber(value) || isPositiveLength(value)),
      ),
    ),
  ],
  [
    'list-style-type',
    inherited(one((value) => value.kind === 'word' || value.kind === 'text' || value.kind === 'function')),
  ],
  ...forSides((side) => `margin-${side}`, own(offset)),
  ['mask-image', own(list(either(words('none'), one(isImage))))],
  ['mask-composite', own(list(words('add subtract intersect exclude')))],
  ['-webkit-mask-composite', own(list(one(isIdent)))],
  ['mask-mode', own(list(words('alpha luminance match-source')))],
  ['mask-position', own(anything)],
  ['mask-repeat', own(list(someWords('repeat repeat-x repeat-y no-repeat space round')))],
  ['mask-size', own(list(backgroundSize))],
  ['max-height', own(maxSize)],
  ['max-width', own(maxSize)],
  ['min-height', own(size)],
  ['min-width', own(size)],
  [
    'mix-blend-mode',
    own(
      words(
        'normal multiply screen overlay darken lighten color-dodge color-burn hard-light soft-light difference exclusion hue saturation color luminosity plus-darker plus-lighter',
      ),
    ),
  ],
  ['offset-anchor', own(anything)],
  ['offset-distance', own(one(isLengthOrPercentage))],
  ['offset-path', own(either(words('none'), (values) => values.some((value) => value.kind === 'function')))],
  ['offset-position', own(anything)],
  ['offset-rotate', own(anything)],
  ['opacity', own(one(isShare))],
  ['order', own(one(isNumber))],
  ['outline-color', own(either(color, words('auto invert')))],
  ['outline-offset', own(one(isLength))],
  ['outline-style', own(either(borderStyle, words('auto')))],
  ['outline-width', own(borderWidth)],
  ['overflow-clip-margin', own((values) => values.length <= 2 && values.some(isLength))],
  ['overflow-x', own(overflow)],
  ['overflow-y', own(overflow)],
  ...forSides((side) => `padding-${side}`, own(padding)),
  ['position', own(words('static relative absolute fixed sticky -webkit-sticky'))],
  ['row-gap', own(either(words('normal'), one(isPositiveLength)))],
  ['rotate', own(either(words('none'), (values) => values.some(isAngle)))],
  ['scale', own(either(words('none'), (values) => values.length > 0 && values.length <= 3 && values.every(isShare)))],
  ['stroke', inherited(either(color, anything))],
  ['text-decoration-color', own(color)],
  ['text-decoration-line', own(someWords('none underline overline line-through blink spelling-error grammar-error'))],
  ['text-decoration-thickness', own(either(one(isLengthOrPercentage), words('auto from-font')))],
  [
    'text-indent',
    inherited(
      (values) =>
        values.filter(isLengthOrPercentage).length === 1 &&
        values.every((value) => isLengthOrPercentage(value) || isIdent(value)),
    ),
  ],
  ['text-overflow', own(twoPart)],
  [
    'text-shadow',
    inherited(
      either(
        words('none'),
        list((values) => values.filter(isLength).length >= 2),
      ),
    ),
  ],
  ['text-transform', inherited(someWords('none capitalize uppercase lowercase full-width full-size-kana math-auto'))],
  ['text-wrap-mode', inherited(words('wrap nowrap'))],
  ...forSides((side) => side, own(offset)),
  ['transform', own(either(words('none'), (values) => parseTransform(values) !== undefined))],
  ['transform-style', own(words('flat preserve-3d'))],
  ['transform-origin', own((values) => values.length > 0 && values.length <= 3)],
  [
    'translate',
    own(
      either(words('none'), (values) => values.length > 0 && values.length <= 3 && values.every(isLengthOrPercentage)),
    ),
  ],
  [
    'unicode-bidi',
    own(
      words(
        'normal embed isolate bidi-override isolate-override plaintext -webkit-isolate -webkit-isolate-override -webkit-plaintext',
      ),
    ),
  ],
  [
    'vertical-align',
    own(
      either(
        one(isLengthOrPercentage),
        words('baseline sub super text-top text-bottom middle top bottom -webkit-baseline-middle'),
      ),
    ),
  ],
  ['visibility', inherited(words('visible hidden collapse'))],
  ['-webkit-text-fill-color', inherited(color)],
  ['-webkit-text-security', inherited(words('none disc circle square'))],
  ['-webkit-text-stroke-color', inherited(color)],
  ['-webkit-text-stroke-width', inherited(borderWidth)],
  ['tab-size', inherited(one((value) => isPositiveNumber(value) || isPositiveLength(value)))],
  ['white-space-collapse', inherited(words('collapse preserve preserve-breaks preserve-spaces break-spaces'))],
  ['width', own(size)],
  ['word-spacing', inherited(either(words('normal'), one(isLengthOrPercentage)))],
  ['z-index', own(either(words('auto'), one(isNumber)))],
  ['zoom', own(either(words('normal reset'), one(isShare)))],
]);
