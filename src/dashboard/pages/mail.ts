import type * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { labelList as labelListSchema, listLabels } from '../../operations/labels/list-labels.ts';
import type { MessageSummaryView } from '../../operations/messages/message-schemas.ts';
import { messageList, searchMessages } from '../../operations/messages/search-messages.ts';
import { printableLine } from '../../mail/text/printable-text.ts';
import { html, type Html } from '../html/html.ts';
import { moment, nothing, plural, section, terms } from '../html/parts.ts';
import type { Page } from '../page.ts';
import type { PageCall } from '../page-call.ts';
import { accountOf, labelList, messagePath, senderName } from './mail-parts.ts';
import { subjectTitle } from './subject-title.ts';

const hitsOnPage = 50;

async function searchForm(account: string, q: string, call: PageCall): Promise<Html> {
  const accounts = await call.services.accounts.list();
  return html`<form class="search" method="get" action="${call.link('/mail')}" role="search">
    ${
      accounts.length > 1 &&
      html`<label class="unseen" for="account">Account</label
        ><select id="account" name="account">
          ${accounts.map((each) => html`<option ${each === account && html`selected`}>${each}</option>`)}
        </select>`
    }
    <label class="unseen" for="q">Search</label
    ><input id="q" name="q" type="search" value="${q}" placeholder="from:ann has:attachment newer_than:7d" />
    <button class="primary">Search</button>
  </form>`;
}

/** A query with what is wrong in it underlined. */
function queryFault(error: AppError, q: string): Html {
  const { position = 0, expected, got, hint } = error.details;
  const end = got === undefined || got === '' || !q.startsWith(got, position) ? position + 1 : position + got.length;
  return html`<section class="fault" role="alert">
    <p>${error.message}</p>
    <pre>${q.slice(0, position)}<mark>${q.slice(position, end) || ' '}</mark>${q.slice(end)}</pre>
    ${terms([
      ['Expected', expected],
      ['Got', got],
      ['What to do', hint],
    ])}
  </section>`;
}

function hit(message: MessageSummaryView, account: string, names: ReadonlyMap<string, string>, call: PageCall): Html {
  const { id, from, to, subject, snippet, internalDate, labelIds, attachmentNames } = message;
  const isUnread = labelIds.includes('UNREAD');
  const isSent = labelIds.includes('SENT');
  return html`<li class="${isUnread ? 'unread' : 'read'}">
    <span class="who">${isSent ? `To: ${senderName(to)}` : senderName(from)}</span>
    <span class="what"
      ><a href="${call.link(messagePath(account, id))}">${subjectTitle(subject)}</a>
      ${labelList(labelIds, names)}
      ${attachmentNames.length > 0 && html`<small>${plural(attachmentNames.length, 'attachment')}</small>`}
      <span class="snippet">${printableLine(snippet)}</span></span
    >
    <span class="when">${isUnread && html`<span class="unseen">unread, </span>`}${moment(Number(internalDate))}</span>
  </li>`;
}

function totalText({ total }: z.output<typeof messageList>): string | undefined {
  return total === undefined ? undefined : `${total.isMore ? 'more than ' : ''}${plural(total.count, 'message')}`;
}

export const mailPage: Page = {
  path: '/mail',
  section: '/mail',
  navigation: 'Mail',
  async render(call) {
    const account = await accountOf(call);
    const q = call.query.get('q') ?? '';
    const pageToken = call.query.get('page');
    const form = await searchForm(account, q, call);
    try {
      const [found, { labels }] = await Promise.all([
        call.read(searchMessages, messageList, {
          account,
          q,
          maxResults: hitsOnPage,
          ...(pageToken === null ? {} : { pageToken }),
        }),
        call.read(listLabels, labelListSchema, { account }),
      ]);
      const names = new Map(labels.map(({ id, name }) => [id, name]));
      const { messages, nextPageToken } = found;
      return {
        title: 'Mail',
        main: html`${form}${section(
          {
            id: 'hits',
            title: q === '' ? 'Newest first' : `Found for ${printableLine(q)}`,
            live: 'mail',
            aside: totalText(found),
          },
          messages.length === 0
            ? nothing('No message fits.')
            : html`<ul class="hits">
                ${messages.map((message) => hit(message, account, names, call))}
              </ul>`,
          nextPageToken !== undefined &&
            html`<p><a href="${call.link('/mail', { account, q, page: nextPageToken })}">Older messages</a></p>`,
        )}`,
      };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'INVALID_INPUT' || error.details.field !== 'q') throw error;
      return { title: 'Mail', main: html`${form}${queryFault(error, q)}` };
    }
  },
};
