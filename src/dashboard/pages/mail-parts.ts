import { AppError } from '../../core/errors.ts';
import { printableLine } from '../../mail/text/printable-text.ts';
import { html, type Html } from '../html/html.ts';
import type { PageCall } from '../page-call.ts';

/** The account that a page of mail is about: the one it names, the preferred one, or the first. Throws `NOT_FOUND`. */
export async function accountOf({ query, fields, services: { accounts } }: PageCall): Promise<string> {
  const named = fields.account ?? query.get('account') ?? accounts.preferred ?? (await accounts.list())[0];
  if (named !== undefined) return named;
  throw new AppError('NOT_FOUND', 'There is no mailbox yet.', {
    hint: '`gmail-llm import` brings mail, `gmail-llm login` connects an account.',
  });
}

/** The path of a message, or of something about it. */
export function messagePath(account: string, id: string, about = ''): string {
  return `/mail/${encodeURIComponent(account)}/${id}${about}`;
}

/** Who wrote a message, as a name where there is one. A name with an address in it would be taken for the sender's. */
export function senderName(from: string): string {
  const name = from.endsWith('>') ? from.slice(0, from.lastIndexOf('<')).trim() : '';
  return printableLine(/^"?"?$|[@\uff20\ufe6b]/.test(name) ? from : name.replace(/^"/, '').replace(/"$/, ''));
}

/** Labels that say nothing to a person beside what the page shows in another way. */
const silent = new Set(['UNREAD', 'INBOX', 'SENT', 'CATEGORY_PERSONAL']);

/** A label's name; those of Gmail itself, whose id is their name, as a person writes them. */
function labelName(id: string, name: string): string {
  const own = id === name ? /^(?:CATEGORY_)?([A-Z])([A-Z_]+)$/.exec(name) : null;
  return own === null ? name : `${own[1] ?? ''}${(own[2] ?? '').toLowerCase().replaceAll('_', ' ')}`;
}

/** Labels of a message by their names. */
export function labelList(labelIds: readonly string[], names: ReadonlyMap<string, string>): Html | undefined {
  const shown = labelIds.filter((id) => !silent.has(id)).map((id) => labelName(id, names.get(id) ?? id));
  if (shown.length === 0) return undefined;
  return html`<span class="labels"
    >${shown.map((name) => html`<span class="label">${printableLine(name)}</span>`)}</span
  >`;
}
