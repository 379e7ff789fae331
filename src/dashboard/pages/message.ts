import type * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { labelList as labelListSchema, listLabels } from '../../operations/labels/list-labels.ts';
import type { MessageView } from '../../operations/messages/message-schemas.ts';
import { modifyMessages, trashMessages, untrashMessages } from '../../operations/messages/modify-messages.ts';
import { readThread, thread } from '../../operations/threads/read-thread.ts';
import { printableLine, printableText } from '../../mail/text/printable-text.ts';
import { html, type Html, type Part } from '../html/html.ts';
import { moment, section, size, terms } from '../html/parts.ts';
import type { Action, Page } from '../page.ts';
import type { PageCall } from '../page-call.ts';
import { frameOf } from './frame-of.ts';
import { accountOf, labelList, messagePath } from './mail-parts.ts';
import { longSubject, subjectTitle } from './subject-title.ts';

type Labels = z.output<typeof labelListSchema>['labels'];

/** Text of a conversation that one page shows. */
const shownCharacters = 200_000;

const lineOf = (text: string): Part => text !== '' && printableLine(text);

function facts(message: MessageView): Html {
  return terms([
    ['From', lineOf(message.from)],
    ['To', lineOf(message.to)],
    ['Cc', lineOf(message.cc)],
    ['Bcc', lineOf(message.bcc)],
    ['Reply to', message.replyTo !== message.from && lineOf(message.replyTo)],
    ['Subject', longSubject(message.subject)],
    ['Received', moment(Number(message.internalDate))],
  ]);
}

function attachments({ id, attachments: files }: MessageView, account: string, call: PageCall): Html | undefined {
  if (files.length === 0) return undefined;
  return html`<ul class="files">
    ${files.map(
      ({ attachment, filename, mimeType, size: bytes }) =>
        html`<li>
          <a href="${call.link(messagePath(account, id, `/attachments/${attachment}`))}" download
            >${printableLine(filename)}</a
          >
          <small>${printableLine(mimeType)}, ${size(bytes)}</small>
        </li>`,
    )}
  </ul>`;
}

/** What the model reads of a message: its own words, with what it only quotes folded. */
function asRead(message: MessageView): Html {
  const text = printableText(message.ownText ?? message.text ?? '').trimEnd();
  const { foldedLines = 0, hiddenChars = 0, problem, notes = [] } = message;
  const remarks = [
    ...(problem === undefined ? [] : [problem]),
    ...notes,
    ...(foldedLines > 0 ? [`${foldedLines} lines that earlier messages say already are folded.`] : []),
    ...(hiddenChars > 0 ? [`${hiddenChars} characters that a reader does not see are left out.`] : []),
  ];
  return html`${remarks.length > 0 && html`<p class="dim">${remarks.map((each) => html`${printableLine(each)} `)}</p>`}
  ${text === '' ? html`<p class="nothing">It has no text.</p>` : html`<pre class="letter">${text}</pre>`}`;
}

function labelForms(message: MessageView, account: string, labels: Labels, call: PageCall): Html {
  const has = (label: string) => message.labelIds.includes(label);
  const change = (word: string, fields: Readonly<Record<string, string>>): Html =>
    call.form(
      messagePath(account, message.id, '/labels'),
      Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`),
      html`<button>${word}</button>`,
    );
  const own = labels.filter(({ type }) => type === 'user');
  const options = own.map(({ id, name }) => html`<option value="${id}">${printableLine(name)}</option>`);
  return html`<div class="decide bar">
    ${has('UNREAD') ? change('Mark as read', { remove: 'UNREAD' }) : change('Mark as unread', { add: 'UNREAD' })}
    ${has('INBOX') ? change('Archive', { remove: 'INBOX' }) : change('Move to inbox', { add: 'INBOX' })}
    ${has('STARRED') ? change('Remove star', { remove: 'STARRED' }) : change('Star', { add: 'STARRED' })}
    ${call.form(
      messagePath(account, message.id, has('TRASH') ? '/untrash' : '/trash'),
      html`<button class="danger">${has('TRASH') ? 'Out of the trash' : 'To the trash'}</button>`,
    )}
    ${
      own.length > 0 &&
      call.form(
        messagePath(account, message.id, '/labels'),
        html`<label class="unseen" for="add">Label</label
          ><select id="add" name="add">
            ${options}</select
          ><button>Add label</button>`,
      )
    }
    ${own
      .filter(({ id }) => has(id))
      .map(({ id, name }) => change(`Remove label ${printableLine(name)}`, { remove: id }))}
  </div>`;
}

/** Another message of the conversation, folded. */
function other(message: MessageView, account: string, call: PageCall): Html {
  return html`<details>
    <summary>${printableLine(message.from)} <span class="dim">${moment(Number(message.internalDate))}</span></summary>
    ${asRead(message)}
    <p><a href="${call.link(messagePath(account, message.id))}">Open this message</a></p>
  </details>`;
}

function conversation(messages: readonly MessageView[], shown: MessageView, account: string, call: PageCall): Part {
  const others = messages.filter(({ id }) => id !== shown.id);
  return (
    others.length > 0 &&
    section(
      { id: 'thread', title: 'The rest of the conversation' },
      others.map((message) => other(message, account, call)),
    )
  );
}

export const messagePage: Page = {
  path: '/mail/{account}/{id}',
  section: '/mail',
  async render(call) {
    const account = await accountOf(call);
    const { id = '' } = call.fields;
    const [{ messages }, { labels }] = await Promise.all([
      call.read(readThread, thread, { account, id, maxChars: shownCharacters }),
      call.read(listLabels, labelListSchema, { account }),
    ]);
    const message = messages.find((each) => each.id === id) ?? messages.at(-1);
    if (message === undefined) throw new AppError('NOT_FOUND', `There is no message ${id}.`, { field: 'id', got: id });
    const names = new Map(labels.map(({ id: label, name }) => [label, name]));
    const frame = call.link(messagePath(account, message.id, '/frame'));
    return {
      title: subjectTitle(message.subject),
      main: html`${section(
          { id: 'message', title: 'Message', live: 'mail', aside: labelList(message.labelIds, names) },
          facts(message),
          attachments(message, account, call),
          labelForms(message, account, labels, call),
        )}
        <div class="pair">
          ${section({ id: 'read', title: 'As a model reads it' }, asRead(message))}${section(
            {
              id: 'seen',
              title: 'As a person sees it',
              aside: html`<a href="${call.link(messagePath(account, message.id, '/raw'))}" download>Source</a>`,
            },
            frameOf(frame, 'The message as its sender laid it out', message.text ?? ''),
          )}
        </div>
        ${conversation(messages, message, account, call)}`,
    };
  },
};

const oneOrNone = (value: string | null): readonly string[] => (value === null || value === '' ? [] : [value]);

export const messageActions: readonly Action[] = [
  {
    path: '/mail/{account}/{id}/labels',
    async run(form, call) {
      const { account = '', id = '' } = call.fields;
      const addLabelIds = oneOrNone(form.get('add'));
      const removeLabelIds = oneOrNone(form.get('remove'));
      await call.invoke(modifyMessages, { account, ids: [id], addLabelIds, removeLabelIds });
      return { to: call.link(messagePath(account, id)), notice: 'The labels were changed. Audit takes it back.' };
    },
  },
  {
    path: '/mail/{account}/{id}/trash',
    async run(_form, call) {
      const { account = '', id = '' } = call.fields;
      await call.invoke(trashMessages, { account, ids: [id] });
      return { to: call.link(messagePath(account, id)), notice: 'Moved to the trash.' };
    },
  },
  {
    path: '/mail/{account}/{id}/untrash',
    async run(_form, call) {
      const { account = '', id = '' } = call.fields;
      await call.invoke(untrashMessages, { account, ids: [id] });
      return { to: call.link(messagePath(account, id)), notice: 'Taken out of the trash.' };
    },
  },
];
