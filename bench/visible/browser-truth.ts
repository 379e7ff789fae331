import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { decodePng, differs, type Picture, type Rectangle } from './png.ts';

/** A text node of a document as Chromium lays it out. */
export interface PlacedText {
  readonly text: string;
  readonly words: readonly PlacedWord[];
}

export interface PlacedWord {
  readonly text: string;
  /** Where in its text it begins. */
  readonly start: number;
  /** Where its letters are on the page; none where it has no place. */
  readonly rectangles: readonly Rectangle[];
}

/** Chromium draws no higher pictures. */
const maxHeight = 16_000;
const minWidth = 800;
const maxWidth = 4000;

const grayPixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGOoqKgAAALUAWneSzH7AAAAAElFTkSuQmCC',
  'base64',
);

const pageScript = readFileSync(new URL('page-script.js', import.meta.url), 'utf8');
const address = 'http://mail.invalid/';

/** Opens documents without scripts and network in a window of 800 pixels; pictures from elsewhere are plain gray. */
export class BrowserWindow {
  readonly #page: Page;
  #html = '';

  private constructor(page: Page) {
    this.#page = page;
  }

  static async open(browser: Browser): Promise<BrowserWindow> {
    const context = await browser.newContext({ viewport: { width: 800, height: 600 }, javaScriptEnabled: false });
    const window = new BrowserWindow(await context.newPage());
    await window.#page.route('**/*', (route) => {
      const request = route.request();
      if (request.url() === address && request.isNavigationRequest()) {
        return route.fulfill({ body: window.#html.toWellFormed(), contentType: 'text/html; charset=utf-8' });
      }
      const isPicture = request.resourceType() === 'image' && !request.url().startsWith(address);
      return isPicture ? route.fulfill({ body: grayPixel, contentType: 'image/png' }) : route.abort();
    });
    return window;
  }

  /** The page with the document in it. */
  async show(html: string): Promise<Page> {
    this.#html = html;
    await this.#page.goto(address, { waitUntil: 'load', timeout: 60_000 });
    await this.#page.evaluate(pageScript);
    await this.#page.evaluate('mailTruth.prepare()');
    return this.#page;
  }
}

/** The texts of a document, in its order, with the places of their words. */
export function placedTexts(page: Page): Promise<readonly PlacedText[]> {
  return page.evaluate<readonly PlacedText[]>('mailTruth.place()');
}

/** Puts the letters of words into another order: of all texts, or of those with these numbers. */
export async function scramble(page: Page, numbers?: readonly number[]): Promise<void> {
  await page.evaluate(`mailTruth.scramble(${numbers === undefined ? '' : JSON.stringify(numbers)})`);
}

/** A picture of the whole page. */
export async function photograph(page: Page): Promise<Picture> {
  const size = await page.evaluate<{ readonly width: number; readonly height: number }>('mailTruth.size()');
  const width = Math.max(minWidth, Math.min(size.width, maxWidth));
  const height = Math.max(600, Math.min(size.height, maxHeight));
  const clip = { x: 0, y: 0, width, height };
  return decodePng(await page.screenshot({ fullPage: true, clip, caret: 'hide', timeout: 60_000 }));
}

/** Whether a person sees a word: pixels change where it is when its letters are put into another order. */
export function isChanged({ rectangles }: PlacedWord, before: Picture, after: Picture): boolean {
  return rectangles.some((rectangle) => differs(before, after, rectangle));
}
