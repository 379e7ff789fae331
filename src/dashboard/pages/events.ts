import type { FeedEvent } from '../../store/feed/event.ts';
import { eventKinds } from '../../store/feed/event.ts';
import {
  createWebhook,
  createdWebhook,
  deleteWebhook,
  listWebhooks,
  rotateSecret,
  rotatedSecret,
  testedWebhook,
  tryWebhook,
  updateWebhook,
  webhookList,
} from '../../operations/admin/webhook-operations.ts';
import type { WebhookView } from '../../operations/admin/webhook-view.ts';
import { printableLine } from '../../mail/text/printable-text.ts';
import { html, type Html, type Part } from '../html/html.ts';
import { clock, moment, nothing, numbers, section, state, table } from '../html/parts.ts';
import type { Action, Page } from '../page.ts';
import type { PageCall } from '../page-call.ts';

/** Events of the feed that the page shows. */
const listed = 50;

/** How it goes with a webhook. */
export function webhookState({ isOn, offReason, failingSince, lastDeliveredAt }: WebhookView): Html {
  if (!isOn) return html`${state('off', 'off')} <small>${printableLine(offReason ?? '')}</small>`;
  if (failingSince !== undefined)
    return html`${state('bad', 'failing')} <small>since ${moment(Date.parse(failingSince))}</small>`;
  return lastDeliveredAt === undefined ? state('off', 'nothing delivered yet') : state('good', 'delivers');
}

function webhookRow(webhook: WebhookView, call: PageCall): readonly Part[] {
  const { id, url, kinds, accounts, q, lastDeliveredAt } = webhook;
  return [
    html`<a href="${call.link(`/events/${id}`)}">${printableLine(url)}</a>`,
    webhookState(webhook),
    kinds?.join(', ') ?? 'all',
    accounts?.join(', ') ?? 'all',
    q === undefined ? '–' : html`<span class="mono">${printableLine(q)}</span>`,
    lastDeliveredAt === undefined ? 'never' : moment(Date.parse(lastDeliveredAt)),
  ];
}

function causeOf({ cause }: FeedEvent): string {
  switch (cause.by) {
    case 'call':
      return `${cause.operation}${cause.tokenName === undefined ? '' : ` by ${cause.tokenName}`}`;
    case 'arrival':
      return 'arrived';
    case 'mailbox':
      return 'another program of this machine';
    case 'google':
      return 'Gmail, or another client';
    case 'job':
      return `job ${cause.job}`;
  }
}

function eventRow(event: FeedEvent, call: PageCall): readonly Part[] {
  const { sequence, kind, account, at, state: of, ids } = event;
  const { messageId } = ids;
  const what = Object.entries(ids).map(([name, value]) => `${name} ${String(value)}`);
  return [
    String(sequence),
    `${kind}${of === undefined ? '' : ` ${of}`}`,
    messageId === undefined || kind === 'messageDeleted'
      ? html`<span class="mono">${what.join(' ')}</span>`
      : html`<a class="mono" href="${call.link(`/mail/${encodeURIComponent(account)}/${messageId}`)}">${messageId}</a>`,
    account === '' ? '–' : account,
    causeOf(event),
    clock(Date.parse(at)),
  ];
}

function createForm(call: PageCall): Html {
  const boxes = eventKinds.map(
    (kind) => html`<label class="check"><input type="checkbox" name="kinds" value="${kind}" />${kind}</label>`,
  );
  return call.form(
    '/events/create',
    html`<div class="fields">
      <label for="url">Address</label>
      <input id="url" name="url" type="url" required placeholder="https://example.org/mail" />
      <span id="kinds-label">Only</span>
      <div class="inline" role="group" aria-labelledby="kinds-label">${boxes}</div>
      <label for="accounts">Only accounts</label>
      <input id="accounts" name="accounts" placeholder="all" />
      <label for="q">Only messages that match</label>
      <input id="q" name="q" placeholder="from:ann" />
      <span></span>
      <label class="check"><input type="checkbox" name="message" value="1" />with sender, subject and text</label>
      <span></span><span><button class="primary">Add</button></span>
    </div>`,
  );
}

async function newestEvents({ services }: PageCall): Promise<readonly FeedEvent[]> {
  const feed = services.feed.feed();
  const { oldest, newest } = await feed.bounds();
  const { events } = await feed.read({ after: Math.max(oldest, newest - listed), limit: listed });
  return events.toReversed();
}

export const eventsPage: Page = {
  path: '/events',
  section: '/events',
  navigation: 'Events',
  async render(call) {
    const [{ webhooks }, events] = await Promise.all([call.read(listWebhooks, webhookList, {}), newestEvents(call)]);
    return {
      title: 'Events and webhooks',
      main: html`${section(
        { id: 'webhooks', title: 'Who is told by POST', live: 'webhooks' },
        webhooks.length === 0
          ? nothing('No webhook yet: an address that is told of events, signed, and again until it answers.')
          : table(
              'Webhooks',
              ['Address', 'State', 'Events', 'Accounts', 'Query', 'Last delivered'],
              webhooks.map((webhook) => webhookRow(webhook, call)),
            ),
      )}${section({ id: 'create', title: 'A new webhook' }, createForm(call))}${section(
        { id: 'feed', title: 'The newest events', live: 'mail outbox webhooks' },
        events.length === 0
          ? nothing('Nothing has happened yet.')
          : table(
              'Events',
              [numbers('No.'), 'Event', 'What', 'Account', 'Cause', 'When'],
              events.map((event) => eventRow(event, call)),
            ),
      )}`,
    };
  },
};

const listIn = (text: string | null): readonly string[] => (text ?? '').split(/[\s,]+/).filter((word) => word !== '');

export const eventActions: readonly Action[] = [
  {
    path: '/events/create',
    async run(form, call) {
      const accounts = listIn(form.get('accounts'));
      const kinds = form.getAll('kinds');
      const q = (form.get('q') ?? '').trim();
      const { webhook, secret } = await call.read(createWebhook, createdWebhook, {
        url: (form.get('url') ?? '').trim(),
        ...(kinds.length === 0 ? {} : { kinds }),
        ...(accounts.length === 0 ? {} : { accounts }),
        ...(q === '' ? {} : { q }),
        includes: form.get('message') === '1' ? 'message' : 'ids',
      });
      return { to: call.link(`/events/${webhook.id}`), notice: `Its secret, shown only now: ${secret}` };
    },
  },
  {
    path: '/events/{id}/test',
    async run(_form, call) {
      const { id = '' } = call.fields;
      const { isDelivered, status, failure } = await call.read(tryWebhook, testedWebhook, { id });
      const notice = isDelivered
        ? `Delivered: HTTP ${status ?? ''}.`
        : `Not delivered: ${failure ?? 'no reason given'}.`;
      return { to: call.link(`/events/${id}`), notice };
    },
  },
  {
    path: '/events/{id}/secret',
    async run(_form, call) {
      const { id = '' } = call.fields;
      const { secret } = await call.read(rotateSecret, rotatedSecret, { id });
      const notice = `The new secret, shown only now: ${secret}. The one before signs beside it for a day.`;
      return { to: call.link(`/events/${id}`), notice };
    },
  },
  ...(['on', 'off'] as const).map((word) => ({
    path: `/events/{id}/${word}`,
    async run(_form: URLSearchParams, call: PageCall) {
      const { id = '' } = call.fields;
      await call.invoke(updateWebhook, { id, isOn: word === 'on' });
      return { to: call.link(`/events/${id}`), notice: `The webhook is ${word}.` };
    },
  })),
  {
    path: '/events/{id}/remove',
    async run(_form, call) {
      await call.invoke(deleteWebhook, { id: call.fields.id });
      return { to: call.link('/events'), notice: 'The webhook is forgotten, with its deliveries.' };
    },
  },
];
