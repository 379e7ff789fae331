import { AppError } from '../../core/errors.ts';
import { deliveryList, listDeliveries, resendDelivery } from '../../operations/admin/webhook-deliveries.ts';
import { listWebhooks, webhookList } from '../../operations/admin/webhook-operations.ts';
import { deliveryView, type DeliveryView, type WebhookView } from '../../operations/admin/webhook-view.ts';
import { printableLine } from '../../mail/text/printable-text.ts';
import { html, type Html, type Part } from '../html/html.ts';
import { clock, facts, moment, nothing, numbers, section, state, table } from '../html/parts.ts';
import type { Action, Page } from '../page.ts';
import type { PageCall } from '../page-call.ts';
import { webhookState } from './events.ts';

/** Deliveries that the page shows. */
const listed = 100;

function deliveryState({ state: of, attempts, nextAt, failure, status }: DeliveryView): Html {
  const why = html`<small>${printableLine(failure ?? (status === undefined ? '' : `HTTP ${status}`))}</small>`;
  switch (of) {
    case 'delivered':
      return html`${state('good', 'delivered')} ${why}`;
    case 'failed':
      return html`${state('bad', 'given up')} ${why}`;
    case 'pending':
      return attempts === 0
        ? state('busy', 'due')
        : html`${state('warn', 'failed so far')} ${why}
          ${nextAt !== undefined && html`<br /><small>next attempt ${moment(Date.parse(nextAt))}</small>`}`;
  }
}

function deliveryRow(delivery: DeliveryView, call: PageCall): readonly Part[] {
  const { id, event, attempts, lastAttemptAt } = delivery;
  return [
    `${event.kind} ${event.sequence}`,
    deliveryState(delivery),
    String(attempts),
    lastAttemptAt === undefined ? 'not yet' : clock(Date.parse(lastAttemptAt)),
    event.account === '' ? '–' : event.account,
    call.form(
      '/deliveries/resend',
      html`<input type="hidden" name="id" value="${id}" /><button>
          Send again<span class="unseen"> ${event.kind} ${event.sequence}</span>
        </button>`,
    ),
  ];
}

function actionsFor({ id, isOn }: WebhookView, call: PageCall): Html {
  const button = (verb: string, text: string, meaning: string, kind = ''): Html =>
    html`<li>
      ${call.form(`/events/${id}/${verb}`, html`<button class="${kind}">${text}</button>`)}
      <p>${meaning}</p>
    </li> `;
  return html`<ul class="actions">
    ${button('test', 'Test', 'Sends one event now that says that it is a test.')}
    ${
      isOn
        ? button('off', 'Turn off', 'Nothing is sent until it is turned on; events meanwhile are kept for it.')
        : button('on', 'Turn on', 'What waits is sent, oldest first.')
    }
    ${button('secret', 'New secret', 'The one before signs beside it for a day.')}
    ${button('remove', 'Remove', 'Forgets it, with what became of its deliveries.', 'danger')}
  </ul>`;
}

async function webhookNamed(call: PageCall): Promise<WebhookView> {
  const { webhooks } = await call.read(listWebhooks, webhookList, {});
  const found = webhooks.find(({ id }) => id === call.fields.id);
  if (found !== undefined) return found;
  throw new AppError('NOT_FOUND', 'There is no such webhook.', { got: call.fields.id ?? '' });
}

export const webhookPage: Page = {
  path: '/events/{id}',
  section: '/events',
  async render(call) {
    const webhook = await webhookNamed(call);
    const { deliveries } = await call.read(listDeliveries, deliveryList, { id: webhook.id, limit: listed });
    const { url, id, kinds, accounts, q, includes, secrets, createdAt, createdBy } = webhook;
    return {
      title: printableLine(url),
      main: html`${section(
        { id: 'state', title: 'Webhook', live: 'webhooks', aside: webhookState(webhook) },
        facts([
          ['Id', html`<span class="mono">${id}</span>`],
          ['Events', kinds?.join(', ') ?? 'all'],
          ['Accounts', accounts?.join(', ') ?? 'all'],
          ['Query', q === undefined ? 'every message' : printableLine(q)],
          ['Is sent', includes === 'ids' ? 'ids only' : 'sender, subject and text'],
          ['Secrets that sign', String(secrets)],
          ['Made', html`${moment(Date.parse(createdAt))}${createdBy !== undefined && ` by ${createdBy}`}`],
        ]),
      )}${section({ id: 'actions', title: 'What you can do' }, actionsFor(webhook, call))}${section(
        { id: 'deliveries', title: 'Deliveries', live: 'webhooks' },
        deliveries.length === 0
          ? nothing('There was no event for it yet.')
          : table(
              'Deliveries',
              ['Event', 'State', numbers('Attempts'), 'Last attempt', 'Account', 'Again'],
              deliveries.map((delivery) => deliveryRow(delivery, call)),
            ),
      )}`,
    };
  },
};

export const webhookActions: readonly Action[] = [
  {
    path: '/deliveries/resend',
    async run(form, call) {
      const { webhookId } = await call.read(resendDelivery, deliveryView, { id: form.get('id') ?? '' });
      return {
        to: call.link(`/events/${webhookId}`),
        notice: 'It is due now: a server that runs sends it within seconds.',
      };
    },
  },
];
