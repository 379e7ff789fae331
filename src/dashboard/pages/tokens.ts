import type * as z from 'zod';
import { tokenGrants, toolsets as allToolsets } from '../../core/grants.ts';
import { parseDuration } from '../../core/duration.ts';
import { AppError } from '../../core/errors.ts';
import { serverUrl } from '../../core/server-url.ts';
import { unservedToolsets } from '../../core/unserved-toolsets.ts';
import {
  createdToken,
  createTokenOperation,
  listTokensOperation,
  revokeTokenOperation,
  tokenList,
} from '../../operations/admin/token-operations.ts';
import { ownerTokenName } from '../../safety/tokens/owner-token.ts';
import { html, type Html, type Part } from '../html/html.ts';
import { moment, section, state, table } from '../html/parts.ts';
import type { Action, Page } from '../page.ts';
import type { PageCall } from '../page-call.ts';

type Token = z.output<typeof tokenList>['tokens'][number];

function expiry({ expiresAt, isExpired }: Token): Part {
  if (expiresAt === undefined) return 'never';
  const at = moment(Date.parse(expiresAt));
  return isExpired ? html`${state('off', 'expired')} ${at}` : at;
}

function tokenRow(token: Token, call: PageCall): readonly Part[] {
  const { name, grants, accounts, toolsets, createdAt, lastUsedAt } = token;
  return [
    name,
    toolsets === undefined ? grants.join(', ') : `${grants.join(', ')}; tools of ${toolsets.join(', ')}`,
    accounts?.join(', ') ?? 'all',
    createdAt === undefined ? '–' : moment(Date.parse(createdAt)),
    lastUsedAt === undefined ? 'never' : moment(Date.parse(lastUsedAt)),
    expiry(token),
    // Revoking the owner's token ends this very session: at the command line only.
    name === ownerTokenName
      ? html`<small>yours</small>`
      : call.form(
          '/tokens/revoke',
          html`<input type="hidden" name="name" value="${name}" /><button class="danger">
              Revoke<span class="unseen"> ${name}</span>
            </button>`,
        ),
  ];
}

const lifetimes = [
  ['', 'never'],
  ['1d', 'after a day'],
  ['30d', 'after 30 days'],
  ['365d', 'after a year'],
] as const;

const usualGrants: ReadonlySet<string> = new Set(['read', 'organize', 'draft']);

/** A row of boxes under one label. */
function boxes(
  field: string,
  label: string,
  values: readonly string[],
  chosen: ReadonlySet<string>,
  hint?: string,
): Html {
  return html`<span id="${field}-label">${label}</span>
    <div class="inline" role="group" aria-labelledby="${field}-label">
      ${values.map(
        (value) =>
          html`<label class="check"
            ><input
              type="checkbox"
              name="${field}"
              value="${value}"
              ${chosen.has(value) && html`checked`}
            />${value}</label
          >`,
      )}${hint !== undefined && html`<small>${hint}</small>`}
    </div>`;
}

function createForm(call: PageCall): Html {
  const served = [...call.configuration.toolsets].join(', ');
  const hint = `What an agent is shown over MCP; with none chosen, all that the server lists (${served}).`;
  return call.form(
    '/tokens/create',
    html`<div class="fields">
      <label for="name">Name</label>
      <input id="name" name="name" required pattern="[\\w.\\-]{1,64}" placeholder="assistant" />
      ${boxes('grants', 'May', tokenGrants, usualGrants)}
      ${boxes('toolsets', 'Only tools of', allToolsets, new Set(), hint)}
      <label for="accounts">Only accounts</label>
      <input id="accounts" name="accounts" placeholder="all" />
      <label for="expires">Expires</label>
      <select id="expires" name="expires">
        ${lifetimes.map(([value, text]) => html`<option value="${value}">${text}</option>`)}
      </select>
      <span></span><span><button class="primary">Create</button></span>
    </div>`,
  );
}

/** What to paste into a client or a shell, with the place of the token marked. */
function connectTexts({ configuration }: PageCall): Html {
  const { mcpPort, apiPort } = configuration;
  const mcp = `${serverUrl(configuration, mcpPort)}/mcp`;
  const texts = [
    [
      'A client of this machine, with a token of its own',
      'gmail-llm connect claude\ngmail-llm connect --help    # every client that it knows',
    ],
    ['Claude Code, by hand', `claude mcp add --transport http gmail ${mcp} --header "Authorization: Bearer TOKEN"`],
    [
      'Clients with a JSON file',
      JSON.stringify({ mcpServers: { gmail: { url: mcp, headers: { Authorization: 'Bearer TOKEN' } } } }, undefined, 2),
    ],
    [
      'A script',
      `curl -s "${serverUrl(configuration, apiPort)}/api/messages?q=is:unread" -H "Authorization: Bearer TOKEN"`,
    ],
  ] as const;
  return html`${texts.map(
    ([title, text]) =>
      html`<h3>${title}</h3>
        <pre class="paste" tabindex="0" aria-label="${title}"><code>${text}</code></pre>`,
  )}`;
}

export const tokensPage: Page = {
  path: '/tokens',
  section: '/tokens',
  navigation: 'Tokens',
  async render(call) {
    const { tokens } = await call.read(listTokensOperation, tokenList, {});
    return {
      title: 'Tokens and clients',
      main: html`${section(
        { id: 'tokens', title: 'Who may call', live: 'tokens' },
        table(
          'Tokens',
          ['Token', 'May', 'Accounts', 'Created', 'Last used', 'Expires', 'End it'],
          tokens.map((token) => tokenRow(token, call)),
        ),
        html`<p class="dim">
          Last use is known to a minute. <code>GMAIL_GRANTS</code> limits them all: it says
          ${[...call.configuration.grants].join(', ')}.
        </p>`,
      )}${section({ id: 'create', title: 'A new token' }, createForm(call))}${section(
        { id: 'connect', title: 'Connect a client' },
        connectTexts(call),
      )}`,
    };
  },
};

function expiryIn(text: string, nowMs: number): string | undefined {
  const ms = text === '' ? undefined : parseDuration(text);
  if (text !== '' && ms === undefined) {
    throw new AppError('INVALID_INPUT', 'This is no time.', { field: 'expires', expected: '30d', got: text });
  }
  return ms === undefined ? undefined : new Date(nowMs + ms).toISOString();
}

export const tokenActions: readonly Action[] = [
  {
    path: '/tokens/create',
    async run(form, call) {
      const toolsets = form.getAll('toolsets');
      const accounts = (form.get('accounts') ?? '').split(/[\s,]+/).filter((word) => word !== '');
      const expiresAt = expiryIn(form.get('expires') ?? '', call.nowMs);
      const { name, token } = await call.read(createTokenOperation, createdToken, {
        name: (form.get('name') ?? '').trim(),
        grants: form.getAll('grants'),
        ...(accounts.length === 0 ? {} : { accounts }),
        ...(toolsets.length === 0 ? {} : { toolsets }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      });
      const unserved = unservedToolsets(
        allToolsets.filter((each) => toolsets.includes(each)),
        call.configuration,
      );
      const said = `The token ${name}, shown only now: ${token}`;
      return { to: call.link('/tokens'), notice: unserved === undefined ? said : `${said} ${unserved}` };
    },
  },
  {
    path: '/tokens/revoke',
    async run(form, call) {
      const name = form.get('name') ?? '';
      await call.invoke(revokeTokenOperation, { name });
      return { to: call.link('/tokens'), notice: `The token ${name} is worthless from now on.` };
    },
  },
];
