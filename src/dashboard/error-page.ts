import { errorCodes, errorFacts } from '../core/errors.ts';
import type { Assets } from './assets.ts';
import { html, type Html } from './html/html.ts';
import { terms, withCode } from './html/parts.ts';
import { plainPage } from './layout.ts';
import type { PageContent } from './page.ts';

function describe(error: unknown, requestId: string): { readonly title: string; readonly main: Html } {
  const facts = errorFacts(error, requestId);
  const rows = [
    ...(facts.faults ?? []).map((fault): readonly [string, string] => ['Fault', fault]),
    ['Field', facts.field],
    ['Position', facts.position?.toString()],
    ['Expected', facts.expected],
    ['Got', facts.got],
    ['Try again at', facts.retryAt],
    ['What to do', facts.hint !== undefined && withCode(facts.hint)],
    ['Code', facts.code],
    ['Request', facts.requestId],
  ] as const;
  return {
    title: errorCodes[facts.code].title,
    main: html`<section class="fault" role="alert">
      <p>${facts.message}</p>
      ${terms(rows)}
    </section> `,
  };
}

/** What a page of a session shows when it failed. */
export function errorContent(error: unknown, requestId: string): PageContent {
  return describe(error, requestId);
}

/** An error where there is no session. */
export function errorPage(assets: Assets, error: unknown, requestId: string): Html {
  const { title, main } = describe(error, requestId);
  return plainPage(assets, title, main, html`<p><a href="/">Start again</a></p>`);
}
