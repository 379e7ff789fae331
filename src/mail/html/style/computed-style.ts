import { black, transparent, type Color } from '../css/color.ts';
import type { Value } from '../css/tokens.ts';

/** A length that may depend on the box around: pixels, and a share of that box. */
export interface Length {
  readonly pixels: number;
  readonly share: number;
}

/** A size or distance; `auto` for every word, as each of them follows from the content. */
export type Size = Length | 'auto';

/** A colour, or one that is the text's, or one that cannot be known. */
export type Paint = Color | 'currentcolor' | 'unknown';

/** The styles of an element after cascade, inheritance and defaults, as far as they decide what is seen. */
export interface ComputedStyle {
  // Inherited.
  readonly color: Color | 'unknown';
  readonly direction: string;
  readonly borderSpacing: number;
  readonly captionSide: string;
  readonly fill: Paint | 'none';
  readonly fillOpacity: number;
  readonly fontFamily: readonly string[];
  /** In pixels, as letters are drawn. */
  readonly fontSize: number;
  /** What `font-size-adjust` makes of the size: letters half as high as the size with 0.5. */
  readonly fontSizeAdjust: number | 'none';
  /** In pixels, as it was asked for; browsers draw relative sizes no smaller than 6 pixels. */
  readonly askedFontSize: number;
  readonly isAbsoluteFontSize: boolean;
  readonly isDark: boolean;
  readonly letterSpacing: number;
  /** A factor of the font size, or pixels. */
  readonly lineHeight: { readonly factor: number } | { readonly pixels: number };
  readonly listStyleType: string;
  readonly stroke: Paint | 'none';
  readonly textFill: Paint;
  readonly textIndent: Length;
  readonly textSecurity: string;
  readonly textShadow: readonly Value[];
  readonly textStroke: Paint;
  readonly textStrokeWidth: number;
  readonly tabSize: number;
  readonly visibility: string;
  readonly whiteSpace: string;
  readonly isWrapped: boolean;
  readonly wordSpacing: number;
  /** The product of all `zoom` from the root on. */
  readonly zoom: number;
  // Not inherited.
  readonly backdropFilter: readonly Value[];
  readonly backfaceVisibility: string;
  readonly backgroundClip: readonly string[];
  readonly backgroundColor: Paint;
  readonly backgroundImage: readonly (readonly Value[])[];
  readonly backgroundRepeat: readonly (readonly Value[])[];
  readonly backgroundSize: readonly (readonly Value[])[];
  readonly borderBottom: number;
  readonly borderBottomColor: Paint;
  readonly borderLeft: number;
  readonly borderLeftColor: Paint;
  readonly borderRight: number;
  readonly borderRightColor: Paint;
  readonly borderTop: number;
  readonly borderTopColor: Paint;
  readonly bottom: Size;
  readonly boxShadow: readonly Value[];
  readonly boxSizing: string;
  readonly clip: readonly Value[];
  readonly clipPath: readonly Value[];
  readonly columnGap: Length;
  readonly contain: readonly string[];
  readonly containerName: readonly string[];
  readonly containerType: readonly string[];
  readonly content: readonly Value[];
  readonly contentVisibility: string;
  readonly display: string;
  readonly filter: readonly Value[];
  readonly flexBasis: Size;
  readonly flexDirection: string;
  readonly flexGrow: number;
  readonly flexShrink: number;
  readonly flexWrap: string;
  readonly float: string;
  readonly gridAreas: readonly Value[];
  readonly gridAutoColumns: readonly Value[];
  readonly gridAutoRows: readonly Value[];
  readonly gridColumnEnd: readonly Value[];
  readonly gridColumnStart: readonly Value[];
  readonly gridColumns: readonly Value[];
  readonly gridRowEnd: readonly Value[];
  readonly gridRowStart: readonly Value[];
  readonly gridRows: readonly Value[];
  readonly height: Size;
  readonly justifyContent: string;
  readonly left: Size;
  readonly lineClamp: number;
  readonly marginBottom: Size;
  readonly marginLeft: Size;
  readonly marginRight: Size;
  readonly marginTop: Size;
  readonly maskImage: readonly (readonly Value[])[];
  readonly maskComposite: readonly (readonly Value[])[];
  readonly maskMode: readonly (readonly Value[])[];
  readonly maskPosition: readonly (readonly Value[])[];
  readonly maskRepeat: readonly (readonly Value[])[];
  readonly maskSize: readonly (readonly Value[])[];
  readonly maxHeight: Size;
  readonly maxWidth: Size;
  readonly minHeight: Size;
  readonly minWidth: Size;
  readonly mixBlendMode: string;
  readonly offsetAnchor: readonly Value[];
  readonly offsetDistance: Length;
  readonly offsetPath: readonly Value[];
  readonly offsetPosition: readonly Value[];
  /** Empty for `auto`. */
  readonly offsetRotate: readonly Value[];
  readonly opacity: number;
  readonly order: number;
  readonly outlineColor: Paint;
  readonly outlineOffset: number;
  readonly outlineStyle: string;
  readonly outlineWidth: number;
  readonly overflowClipMargin: number;
  readonly overflowX: string;
  readonly overflowY: string;
  readonly paddingBottom: Length;
  readonly paddingLeft: Length;
  readonly paddingRight: Length;
  readonly paddingTop: Length;
  readonly position: string;
  readonly right: Size;
  readonly rotate: readonly Value[];
  readonly rowGap: Length;
  readonly scale: readonly Value[];
  readonly textDecoration: readonly string[];
  readonly textDecorationColor: Paint;
  readonly textDecorationThickness: Size;
  readonly top: Size;
  readonly transform: readonly Value[];
  readonly transformOrigin: readonly Value[];
  readonly transformStyle: string;
  readonly translate: readonly Value[];
  readonly unicodeBidi: string;
  readonly verticalAlign: string;
  /** How far up a length moves what is in a line. */
  readonly verticalShift: Length;
  readonly width: Size;
  readonly zIndex: number | 'auto';
  /** Something of this element is set to what is not known here. */
  readonly isUncertain: boolean;
}

const none: Length = { pixels: 0, share: 0 };

export const initialStyle: ComputedStyle = {
  color: black,
  direction: 'ltr',
  borderSpacing: 0,
  captionSide: 'top',
  fill: black,
  fillOpacity: 1,
  fontFamily: [],
  fontSize: 16,
  fontSizeAdjust: 'none',
  askedFontSize: 16,
  isAbsoluteFontSize: false,
  isDark: false,
  letterSpacing: 0,
  // Of an average font.
  lineHeight: { factor: 1.15 },
  listStyleType: 'disc',
  stroke: 'none',
  textFill: 'currentcolor',
  textIndent: none,
  textSecurity: 'none',
  textShadow: [],
  textStroke: 'currentcolor',
  textStrokeWidth: 0,
  tabSize: 8,
  visibility: 'visible',
  whiteSpace: 'collapse',
  isWrapped: true,
  wordSpacing: 0,
  zoom: 1,
  backdropFilter: [],
  backfaceVisibility: 'visible',
  backgroundClip: ['border-box'],
  backgroundColor: transparent,
  backgroundImage: [],
  backgroundRepeat: [],
  backgroundSize: [],
  borderBottom: 0,
  borderBottomColor: 'currentcolor',
  borderLeft: 0,
  borderLeftColor: 'currentcolor',
  borderRight: 0,
  borderRightColor: 'currentcolor',
  borderTop: 0,
  borderTopColor: 'currentcolor',
  bottom: 'auto',
  boxShadow: [],
  boxSizing: 'content-box',
  clip: [],
  clipPath: [],
  columnGap: none,
  contain: [],
  containerName: [],
  containerType: [],
  content: [],
  contentVisibility: 'visible',
  display: 'inline',
  filter: [],
  flexBasis: 'auto',
  flexDirection: 'row',
  flexGrow: 0,
  flexShrink: 1,
  flexWrap: 'nowrap',
  float: 'none',
  gridAreas: [],
  gridAutoColumns: [],
  gridAutoRows: [],
  gridColumnEnd: [],
  gridColumnStart: [],
  gridColumns: [],
  gridRowEnd: [],
  gridRowStart: [],
  gridRows: [],
  height: 'auto',
  justifyContent: 'normal',
  left: 'auto',
  lineClamp: 0,
  marginBottom: none,
  marginLeft: none,
  marginRight: none,
  marginTop: none,
  maskImage: [],
  maskComposite: [],
  maskMode: [],
  maskPosition: [],
  maskRepeat: [],
  maskSize: [],
  maxHeight: 'auto',
  maxWidth: 'auto',
  minHeight: 'auto',
  minWidth: 'auto',
  mixBlendMode: 'normal',
  offsetAnchor: [],
  offsetDistance: none,
  offsetPath: [],
  offsetPosition: [{ kind: 'word', name: 'center' }],
  offsetRotate: [],
  opacity: 1,
  order: 0,
  outlineColor: 'currentcolor',
  outlineOffset: 0,
  outlineStyle: 'none',
  outlineWidth: 3,
  overflowClipMargin: 0,
  overflowX: 'visible',
  overflowY: 'visible',
  paddingBottom: none,
  paddingLeft: none,
  paddingRight: none,
  paddingTop: none,
  position: 'static',
  right: 'auto',
  rotate: [],
  rowGap: none,
  scale: [],
  textDecoration: [],
  textDecorationColor: 'currentcolor',
  textDecorationThickness: 'auto',
  top: 'auto',
  transform: [],
  transformOrigin: [],
  transformStyle: 'flat',
  translate: [],
  unicodeBidi: 'normal',
  verticalAlign: 'baseline',
  verticalShift: none,
  width: 'auto',
  zIndex: 'auto',
  isUncertain: false,
};

/** The height of a line of text, in pixels. */
export function lineHeightOf({ lineHeight, fontSize }: ComputedStyle): number {
  return 'factor' in lineHeight ? lineHeight.factor * fontSize : lineHeight.pixels;
}

/** A length in pixels where the box around measures `base`. */
export function resolveLength({ pixels, share }: Length, base: number): number {
  return pixels + share * base;
}

/** Whether a box is placed by itself, out of the flow around it. */
export function isPlaced({ position }: ComputedStyle): boolean {
  return position === 'absolute' || position === 'fixed';
}

/** Whether a box cuts off what reaches over it, in either direction, or scrolls it. */
export function cutsOverflow({ overflowX, overflowY }: ComputedStyle): boolean {
  return overflowX !== 'visible' || overflowY !== 'visible';
}
