import type { ServerResponse } from 'node:http';
import type { Html } from './html/html.ts';
import type { PageCall } from './page-call.ts';

/** What a page shows. */
export interface PageContent {
  readonly title: string;
  readonly main: Html;
}

/** A page of the owner, by its path below the session's, with `{name}` for a part that the page reads. */
export interface Page {
  readonly path: string;
  /** Its entry in the navigation; without one it belongs to the page of `section`. */
  readonly navigation?: string;
  /** The path of the page whose entry is marked while this one is shown. */
  readonly section: string;
  /** A number that stands at its entry: what waits there for a person. */
  readonly badge?: (call: PageCall) => Promise<number>;
  render(call: PageCall): Promise<PageContent>;
}

/** Something of a mail that is no page of ours: served with headers of its own, which keep it apart. */
export interface MailFile {
  readonly path: string;
  serve(call: PageCall, response: ServerResponse): Promise<void>;
}

/** What an action came to: where the browser goes, and one sentence that is shown there. */
interface ActionResult {
  readonly to: string;
  readonly notice: string;
}

/** Something that a form of a page does, by its path below the session's. */
export interface Action {
  readonly path: string;
  run(form: URLSearchParams, call: PageCall): Promise<ActionResult>;
}
