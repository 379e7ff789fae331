import type { Page } from 'playwright-core';
import type { BrowserWindow } from '../visible/browser-truth.ts';

/** What Chromium shows of a document, as far as its layout says: text in the colour of its ground counts as shown. */
export interface ShownPage {
  readonly text: string;
  /** Rows of short cells, at least two of them filled; the cells that are. */
  readonly rows: readonly (readonly string[])[];
}

/** Runs in the page: rows without a table inside, whose cells are short. */
const script = `(() => {
  // What a closed list of choices does not show is no text of the page.
  for (const option of document.querySelectorAll('select:not([multiple]) option:not(:checked)')) option.remove();
  const shown = (element) => element.getClientRects().length > 0;
  const rows = [...document.querySelectorAll('tr')].filter((row) => shown(row) && row.querySelector('table') === null);
  const cellsOf = (row) => [...row.cells].map((cell) => cell.innerText.trim()).filter((text) => text !== '');
  return {
    text: document.body === null ? '' : document.body.innerText,
    rows: rows.map(cellsOf).filter((cells) => cells.length > 1 && cells.every((cell) => cell.length <= 60 && !cell.includes('\\n'))),
  };
})()`;

/** Shows a document in a window and reads it. */
export async function shownPage(window: BrowserWindow, html: string): Promise<ShownPage> {
  const page: Page = await window.show(html);
  return page.evaluate<ShownPage>(script);
}
