import { svgNamespace } from '../dom/html-document.ts';
import { black, white } from '../css/color.ts';
import type { Pictures } from './ground.ts';
import { blurPixels } from './filter.ts';
import { isLegible, pagePaint, paintInside, type PaintState } from './paint.ts';
import { placeInside, pagePlace, type Place } from './place.ts';
import { isBox, type Box, type TextRun } from './render-tree.ts';

/** Text that is drawn no larger cannot be read. */
const tinyPixels = 1.5;
/** With less opacity nothing is seen of a picture. */
const minOpacity = 0.1;

/** What decides about the text in a box. */
interface State {
  readonly paint: PaintState;
  readonly place: Place;
  readonly blur: number;
}

/** What is known about the visibility of a document's texts. */
export interface Visibility {
  /** Texts that have a place on the page and cannot be seen there. */
  readonly hidden: ReadonlySet<TextRun>;
  /** Pictures and fields of which the same is true. */
  readonly hiddenBoxes: ReadonlySet<Box>;
  /** Characters that are shown although something about them is not understood. */
  readonly uncertainCharacters: number;
}

/** Decides which texts of a page a person sees. */
export function decideVisibility(
  root: Box | undefined,
  pictures: Pictures,
  blankFonts: ReadonlySet<string>,
): Visibility {
  const hidden = new Set<TextRun>();
  const hiddenBoxes = new Set<Box>();
  let uncertainCharacters = 0;
  const visit = (box: Box, outer: State, isOuterUncertain: boolean): void => {
    const state = inside(box, outer, pictures);
    const isUncertain = isOuterUncertain || box.style.isUncertain;
    const isShown = isTextShown(box, state, blankFonts);
    if (box.children.length === 0 && isBoxHidden(box, state)) hiddenBoxes.add(box);
    for (const child of box.children) {
      if (isBox(child)) visit(child, state, isUncertain);
      else if (!isShown) hidden.add(child);
      else if (isUncertain || state.paint.ground === undefined) uncertainCharacters += child.text.trim().length;
    }
  };
  const page = root?.style.isDark === true ? black : white;
  if (root !== undefined) visit(root, { paint: pagePaint(page), place: pagePlace, blur: 0 }, false);
  return { hidden, hiddenBoxes, uncertainCharacters };
}

function inside(box: Box, outer: State, pictures: Pictures): State {
  return {
    paint: paintInside(outer.paint, box.style, pictures),
    place: placeInside(outer.place, box),
    blur: Math.max(outer.blur, blurPixels(box.style.filter)),
  };
}

/** A box without text of its own, such as a picture. */
function isBoxHidden({ style }: Box, { paint, place }: State): boolean {
  return place.isCutAway || style.visibility !== 'visible' || paint.opacity < minOpacity;
}

function isTextShown(box: Box, { paint, place, blur }: State, blankFonts: ReadonlySet<string>): boolean {
  const { style } = box;
  if (place.isCutAway || style.visibility !== 'visible' || style.textSecurity !== 'none') return false;
  if (style.fontSize <= tinyPixels || blur > style.fontSize / 2) return false;
  if (style.fontFamily[0] !== undefined && blankFonts.has(style.fontFamily[0])) return false;
  return isLegible(style, paint, box.element.node.namespaceURI === svgNamespace);
}
