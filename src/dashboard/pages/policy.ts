import type * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { explainPolicy, policyDecision } from '../../operations/admin/explain-policy.ts';
import { getPolicy, policyState } from '../../operations/admin/get-policy.ts';
import type { policyRules } from '../../operations/admin/policy-view.ts';
import { html, type Html, type Part } from '../html/html.ts';
import { nothing, section, state, table, withCode } from '../html/parts.ts';
import type { Page } from '../page.ts';
import type { PageCall } from '../page-call.ts';

type Rules = z.output<typeof policyRules>;

const sending = {
  direct: state('busy', 'sent at once'),
  confirm: state('good', 'waits for you'),
  off: state('off', 'refused'),
} as const;

const strangers = {
  allow: 'may be written to',
  'refuse-if-seen-in-mail': 'refused where a received mail names them',
  refuse: 'refused',
} as const;

function list(patterns: readonly string[] | undefined, none: string): Part {
  return patterns === undefined || patterns.length === 0
    ? none
    : html`<span class="mono">${patterns.join(', ')}</span>`;
}

function rulesRows({ recipients, limits, attachments, graceSeconds, ...rules }: Rules): readonly (readonly Part[])[] {
  const { allow, deny, maxPerMessage } = recipients;
  const onlySelf = allow?.length === 0 ? 'only the account itself' : 'anybody';
  const noType = attachments.allowTypes?.length === 0 ? 'none' : 'any type';
  return [
    ['sending', sending[rules.sending]],
    ['graceSeconds', graceSeconds === 0 ? 'none' : `${graceSeconds} s in which a send can be taken back`],
    ['recipients.allow', list(allow, onlySelf)],
    ['recipients.deny', list(deny, 'nobody')],
    ['recipients.strangers', strangers[recipients.strangers]],
    ['recipients.maxPerMessage', String(maxPerMessage)],
    ['limits', `${limits.perHour} messages in an hour, ${limits.perDay} in a day`],
    ['attachments.allowTypes', list(attachments.allowTypes, noType)],
    ['attachments.denyTypes', list(attachments.denyTypes, 'none')],
    ['attachments.maxTotalMegabytes', `${attachments.maxTotalMegabytes} MB together`],
  ];
}

/** The field of a fault and what is wrong with it: `limits.perDay: expected number`. */
function faultRow(fault: string): readonly Part[] {
  const [, field, what] = /^([\w.[\]@-]+): (.*)$/s.exec(fault) ?? [undefined, 'the file', fault];
  return [html`<span class="mono">${field}</span>`, what];
}

function faultsSection({ message, details: { faults = [], hint } }: AppError): Html {
  return section(
    { id: 'rules', title: 'Faults of the file', live: 'policy', aside: state('bad', 'nothing is sent') },
    html`<p>${message}</p> `,
    faults.length > 0 && table('Faults', ['Field', 'What is wrong'], faults.map(faultRow)),
    hint !== undefined && html`<p class="dim">${withCode(hint)}</p>`,
  );
}

async function rulesSections(call: PageCall): Promise<Html> {
  let policy: z.output<typeof policyState>;
  try {
    policy = await call.read(getPolicy, policyState, {});
  } catch (error) {
    if (error instanceof AppError && error.code === 'FORBIDDEN') return faultsSection(error);
    throw error;
  }
  const { file, isThere, unknownAccounts, accounts } = policy;
  const columns = ['Rule', 'What holds'];
  return html`${section(
    {
      id: 'file',
      title: 'The file',
      live: 'policy',
      aside: isThere ? state('good', 'in order') : state('off', 'none'),
    },
    html`<p>
      ${isThere ? 'The policy is in' : 'There is no policy in'} <span class="mono">${file}</span>${
        isThere ? '; it is read again whenever it changes, and only its owner writes it.' : ': the defaults hold.'
      }
    </p> `,
    unknownAccounts.length > 0 &&
      html`<ul class="needs">
        ${unknownAccounts.map((address) => html`<li>It has rules for ${address}, which is not connected.</li>`)}
      </ul>`,
  )}${accounts.map(({ emailAddress, rules }, index) =>
    section(
      { id: `rules-${index}`, title: `What holds for ${emailAddress}`, live: 'policy' },
      table(`Rules for ${emailAddress}`, columns, rulesRows(rules)),
    ),
  )}`;
}

const decisions = {
  direct: state('busy', 'It would be sent at once.'),
  confirm: state('good', 'It would wait until you approve it.'),
  refused: state('bad', 'It would be refused.'),
} as const;

const words = (text: string): readonly string[] => text.split(/[\s,;]+/).filter((word) => word !== '');

async function decided(
  to: readonly string[],
  types: readonly string[],
  account: string,
  call: PageCall,
): Promise<Html> {
  try {
    const input = { to, attachmentTypes: types, account };
    const { decision, reason, code } = await call.read(explainPolicy, policyDecision, input);
    return html`<p class="verdict" role="status">
      ${decisions[decision]}${reason !== undefined && html` ${reason}`}${code !== undefined && html` <small>${code}</small>`}
    </p>`;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { field, got } = error.details;
    return html`<p class="verdict" role="status">
      ${state('bad', error.message)}
      ${field !== undefined && html`<small>${field}${got !== undefined && `: ${got}`}</small>`}
    </p>`;
  }
}

async function tester(call: PageCall): Promise<Html> {
  const accounts = await call.services.accounts.list();
  const [first] = accounts;
  if (first === undefined) return nothing('There is no account to send from yet.');
  const chosen = call.query.get('account') ?? call.services.accounts.preferred ?? first;
  const to = call.query.get('to') ?? '';
  const types = call.query.get('types') ?? '';
  const asked = words(to);
  return html`<form method="get" action="${call.link('/policy')}">
      <div class="fields">
        <label for="account">From</label>
        <select id="account" name="account">
          ${accounts.map((each) => html`<option ${each === chosen && html`selected`}>${each}</option>`)}
        </select>
        <label for="to">To</label>
        <input id="to" name="to" value="${to}" placeholder="ann@example.org, bob@example.net" />
        <label for="types">With files of the types</label>
        <input id="types" name="types" value="${types}" placeholder="application/pdf" />
        <span></span><span><button>Ask</button></span>
      </div>
    </form>
    ${asked.length > 0 && (await decided(asked, words(types), chosen, call))}`;
}

export const policyPage: Page = {
  path: '/policy',
  section: '/policy',
  navigation: 'Policy',
  async render(call) {
    const [test, rules] = await Promise.all([tester(call), rulesSections(call)]);
    return {
      title: 'Policy',
      main: html`${section({ id: 'tester', title: 'Would this be sent?' }, test)}${rules}`,
    };
  },
};
