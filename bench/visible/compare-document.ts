import type { Page } from 'playwright-core';
import { isChanged, photograph, placedTexts, scramble, type BrowserWindow } from './browser-truth.ts';
import { judgedTexts, type JudgedText } from './our-verdict.ts';

/** Words of a document by what a person sees and what we show. */
export interface Comparison {
  readonly seen: number;
  readonly hidden: number;
  /** Seen, and taken for hidden here. */
  readonly lost: readonly string[];
  /** Hidden, and shown here. */
  readonly kept: readonly string[];
}

/**
 * Words of letters that look the same in any order are not judged, nor those of scripts whose fonts may be missing here:
 * the boxes in their place are all alike.
 */
function isJudged(word: string): boolean {
  return (
    /^[\p{P}\p{S}\p{N}\p{Script=Latin}]*[\p{N}\p{Script=Latin}]/u.test(word) &&
    Array.from(word).toReversed().join('') !== word
  );
}

/** Compares what a browser shows of a document with what we do; undefined where the two trees differ. */
export async function compareDocument(window: BrowserWindow, html: string): Promise<Comparison | undefined> {
  const judged = judgedTexts(html);
  return judged === undefined ? undefined : compareTexts(await window.show(html), judged);
}

async function compareTexts(page: Page, judged: readonly JudgedText[]): Promise<Comparison | undefined> {
  const placed = await placedTexts(page);
  const isSame =
    placed.length === judged.length &&
    placed.every(({ text }, index) => text === judged[index]?.text.replaceAll('\r', '\n'));
  if (!isSame) return undefined;
  const before = await photograph(page);
  // Hidden words alone: whatever changes is seen, whoever else is at its place.
  const hiddenHere = judged.flatMap(({ shownEnd, isMachine }, index) => (shownEnd > 0 || isMachine ? [] : [index]));
  let withoutHidden = before;
  if (hiddenHere.length > 0) {
    await scramble(page, hiddenHere);
    withoutHidden = await photograph(page);
    await scramble(page, hiddenHere);
  }
  await scramble(page);
  const after = await photograph(page);
  const result = { seen: 0, hidden: 0, lost: [] as string[], kept: [] as string[] };
  for (const [index, { words }] of placed.entries()) {
    const own = judged[index];
    if (own === undefined || own.isMachine) continue;
    for (const word of words.filter(({ text }) => isJudged(text))) {
      const isShown = word.start < own.shownEnd;
      const isSeen = isChanged(word, before, own.shownEnd > 0 ? after : withoutHidden);
      if (isSeen) result.seen += 1;
      else result.hidden += 1;
      if (isSeen && !isShown) result.lost.push(word.text);
      if (!isSeen && isShown) result.kept.push(word.text);
    }
  }
  return result;
}
