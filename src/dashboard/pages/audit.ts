import { inspect } from 'node:util';
import * as z from 'zod';
import { AppError, messageOf } from '../../core/errors.ts';
import { auditList, listAudit } from '../../operations/admin/list-audit.ts';
import { auditState, verifyAudit } from '../../operations/admin/verify-audit.ts';
import { undo } from '../../operations/mailbox/undo.ts';
import { printableLine, printableText } from '../../mail/text/printable-text.ts';
import { html, type Html, type Part } from '../html/html.ts';
import { count, moment, nothing, section, state, table, terms } from '../html/parts.ts';
import type { Action, Page } from '../page.ts';
import type { PageCall } from '../page-call.ts';
import { changeSentence } from './change-sentence.ts';
import { changesOf, outcomeOf, whoOf, type Change } from './changes.ts';
import { shortLine } from './short-line.ts';

/** Entries of a page: a change has two of them. */
const listed = 200;

function changeRow({ begun, end }: Change, call: PageCall): readonly Part[] {
  const { sequence, at, account, operation, facts } = begun;
  return [
    html`<a href="${call.link(`/audit/${sequence}`)}">${changeSentence(String(facts.method), facts.target)}</a>`,
    operation,
    outcomeOf(end),
    whoOf(begun),
    account === '' ? '–' : account,
    moment(Date.parse(at)),
  ];
}

function filterForm(call: PageCall): Html {
  const field = (name: string, label: string): Html =>
    html`<label for="${name}">${label}</label>
      <input id="${name}" name="${name}" size="14" value="${call.query.get(name) ?? ''}" />`;
  return html`<form class="inline" method="get" action="${call.link('/audit')}">
    ${field('token', 'Token')} ${field('account', 'Account')} ${field('operation', 'Operation')}
    ${field('request', 'Request')} <button>Filter</button>
  </form>`;
}

/** A filter that was filled in, under the name that the operation has for it. */
function filterOf({ query }: PageCall): Readonly<Record<string, string>> {
  const names = { token: 'tokenName', account: 'account', operation: 'operation', request: 'requestId' } as const;
  return Object.fromEntries(
    Object.entries(names).flatMap(([given, name]) => {
      const value = (query.get(given) ?? '').trim();
      return value === '' ? [] : [[name, value]];
    }),
  );
}

export const auditPage: Page = {
  path: '/audit',
  section: '/audit',
  navigation: 'Audit',
  async render(call) {
    const before = Number(call.query.get('before') ?? '');
    const from = Number.isSafeInteger(before) && before > 0 ? { before } : {};
    const { entries, nextBefore } = await call.read(listAudit, auditList, {
      ...filterOf(call),
      ...from,
      limit: listed,
    });
    const changes = changesOf(entries);
    const older =
      nextBefore !== undefined &&
      html`<p>
        <a href="${call.link('/audit', { ...Object.fromEntries(call.query), before: String(nextBefore) })}"
          >Older changes</a
        >
      </p>`;
    return {
      title: 'Audit',
      main: html`${section(
        { id: 'changes', title: 'Who changed what', live: 'audit', aside: filterForm(call) },
        changes.length === 0
          ? nothing('Nothing was changed that fits.')
          : table(
              'Changes',
              ['What', 'Operation', 'Outcome', 'Who', 'Account', 'When'],
              changes.map((change) => changeRow(change, call)),
            ),
        older,
      )}${section(
        { id: 'chain', title: 'The chain' },
        html`<p>Every entry carries the hash of the one before it; a change of the file breaks the chain.</p>
          <p><a class="button" href="${call.link('/audit/verify')}">Verify the whole chain</a></p>`,
      )}`,
    };
  },
};

export const verifyPage: Page = {
  path: '/audit/verify',
  section: '/audit',
  async render(call) {
    const { entries, hash } = await call.read(verifyAudit, auditState, {});
    return {
      title: 'The chain of the audit log',
      main: section(
        { id: 'verified', title: 'Verified just now' },
        html`<p>${state('good', `The chain is whole: ${count(entries)} entries.`)}</p>`,
        hash !== undefined &&
          html`<p>
            The last has the hash <span class="mono">${hash}</span>. Kept elsewhere, it shows whether the whole file was
            replaced.
          </p>`,
      ),
    };
  },
};

const undone = z.object({ change: z.string(), operation: z.string(), text: z.string() });

/** Whether a change can be taken back, asked by a dry run: a button, or why not. */
async function undoPart({ begun, end }: Change, call: PageCall): Promise<Html> {
  const { sequence, account } = begun;
  if (end?.event !== 'done') return nothing('Only a change that was made can be taken back.');
  try {
    await call.invoke(undo, { change: sequence, account, dryRun: true });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return nothing(messageOf(error));
  }
  return call.form(
    `/audit/${sequence}/undo`,
    html`<input type="hidden" name="account" value="${account}" /><button>Take this change back</button>`,
  );
}

async function changeNumbered(call: PageCall): Promise<Change> {
  const sequence = Number(call.fields.sequence);
  // The end of a change is among the entries after it, mostly the next.
  const { entries } = await call.read(listAudit, auditList, { before: sequence + 100, limit: 200 });
  const found = changesOf(entries).find(({ begun }) => begun.sequence === sequence);
  if (found !== undefined) return found;
  throw new AppError('NOT_FOUND', `There is no change ${call.fields.sequence ?? ''}.`, { field: 'change' });
}

/** A value of the log whole, on as few lines as it can be read on. */
function whole(value: unknown): Html {
  return value === undefined || value === null
    ? html`–`
    : html`<pre>
${printableText(inspect(value, { depth: 8, compact: 4, breakLength: 90, maxArrayLength: 1000 }))}</pre>`;
}

export const changePage: Page = {
  path: '/audit/{sequence}',
  section: '/audit',
  async render(call) {
    const change = await changeNumbered(call);
    const { begun, end } = change;
    const { facts } = begun;
    const rows: readonly (readonly [string, Part])[] = [
      ['Outcome', outcomeOf(end)],
      ['When', moment(Date.parse(begun.at))],
      ['Who', whoOf(begun)],
      ['Account', begun.account === '' ? '–' : begun.account],
      [
        'Request',
        html`<a class="mono" href="${call.link('/logs', { request: begun.requestId })}">${begun.requestId}</a>`,
      ],
      ['Change', `${begun.sequence}, by ${begun.operation} (${String(facts.method)})`],
      ['What', whole(facts.target)],
      ['Before', whole(facts.from)],
      ['After', whole(end?.facts.to)],
      ...(end !== undefined && end.event !== 'done'
        ? [['Failure', `${String(end.facts.code)}: ${shortLine(String(end.facts.message), 500)}`] as const]
        : []),
      ['Hash', html`<span class="mono">${begun.hash}</span>`],
    ];
    return {
      title: changeSentence(String(facts.method), facts.target),
      main: html`${section(
        { id: 'change', title: 'The change' },
        terms(rows),
      )}${section({ id: 'undo', title: 'Take it back', live: 'audit' }, await undoPart(change, call))}`,
    };
  },
};

export const auditActions: readonly Action[] = [
  {
    path: '/audit/{sequence}/undo',
    async run(form, call) {
      const input = { change: Number(call.fields.sequence), account: form.get('account') ?? '' };
      const { text } = await call.read(undo, undone, input);
      return { to: call.link('/audit'), notice: `Taken back. ${printableLine(text)}` };
    },
  },
];
