import { hostname } from 'node:os';
import { html, type Html, type Part } from './html/html.ts';
import type { Assets } from './assets.ts';
import type { Page, PageContent } from './page.ts';
import type { PageCall } from './page-call.ts';

/** The frame of every document: nothing in it comes from mail but the title. */
function documentOf(assets: Assets, title: string, body: Html, bodyClass: string): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${title} · gmail-llm</title>
        <link rel="icon" href="${assets.path('icon.svg')}" />
        <link rel="stylesheet" href="${assets.path('style.css')}" />
        <script type="module" src="${assets.path('page.js')}"></script>
      </head>
      <body class="${bodyClass}">
        ${body}
      </body>
    </html> `;
}

/** A page outside of a session: one column with a heading. */
export function plainPage(assets: Assets, title: string, ...content: readonly Part[]): Html {
  const body = html`<main id="main" class="plain">
    <p class="brand">gmail-llm</p>
    <h1>${title}</h1>
    ${content}
  </main>`;
  return documentOf(assets, title, body, 'outside');
}

/** An entry of the navigation, with the number of what waits there. */
async function entryOf({ path, navigation, badge }: Page, section: string, call: PageCall): Promise<Html | undefined> {
  if (navigation === undefined) return undefined;
  const waiting = (await badge?.(call)) ?? 0;
  const current = path === section && html`aria-current="page"`;
  const number = waiting > 0 && html`<span class="badge">${waiting}<span class="unseen"> waiting</span></span>`;
  return html`<li><a href="${call.link(path)}" ${current}>${navigation}${number}</a></li>`;
}

/** A page of a session with its navigation; `notice` is what an action has just done. */
export async function sessionPage(
  assets: Assets,
  pages: readonly Page[],
  {
    section,
    content,
    call,
    notice,
  }: {
    /** The path of the page whose entry in the navigation is marked. */
    readonly section: string;
    readonly content: PageContent;
    readonly call: PageCall;
    readonly notice: string | undefined;
  },
): Promise<Html> {
  // Another host's page looks the same but for what is the host's own.
  const isShared = call.configuration.store !== undefined;
  const entries = await Promise.all(pages.map((page) => entryOf(page, section, call)));
  const body = html`<a class="skip" href="#main">Skip to content</a>
    <nav aria-label="Pages">
      <a class="brand" href="${call.link('/')}">gmail-llm</a>
      ${isShared && html`<p class="host" title="Programs, calls and logs are those of this host">on ${hostname()}</p>`}
      <ul>
        ${entries}
      </ul>
      <div class="session">${call.form('/sign-out', html`<button class="quiet">Sign out</button>`)}</div>
    </nav>
    <main id="main" data-base="${call.link('')}" tabindex="-1">
      ${notice !== undefined && html`<p class="notice" role="status">${notice}</p> `}
      <h1>${content.title}</h1>
      ${content.main}
    </main>`;
  return documentOf(assets, content.title, body, 'inside');
}
