import * as z from 'zod';
import { listAccountStates, type AccountState } from '../../accounts/logins.ts';
import { grants } from '../../core/grants.ts';
import { localTime } from '../../core/local-time.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';
import { isoTime } from './iso-time.ts';

const accountState = z
  .object({
    emailAddress: z.string(),
    kind: z.enum(['gmail', 'local']),
    login: z.enum(['oauth', 'serviceAccount']).exactOptional(),
    state: z.enum(['connected', 'needs login']),
    reason: z.string().exactOptional().describe('Why it needs a login.'),
    grants: z.array(z.enum(grants)).readonly().exactOptional().describe('What the login can be used for.'),
    scopes: z.array(z.string()).readonly().exactOptional(),
    createdAt: z.iso.datetime().exactOptional(),
    endsAt: z.iso.datetime().exactOptional().describe('When the login ends: its client is in testing mode.'),
    isDemo: z.literal(true).exactOptional(),
  })
  .readonly()
  .meta({ id: 'AccountState' });

/** What `list_all_accounts` returns. */
export const accountStates = z.object({ accounts: z.array(accountState).readonly() });
type AccountView = z.output<typeof accountState>;

function viewAccount(account: AccountState): AccountView {
  if (account.kind === 'local') return account;
  const { createdMs, endsMs, ...facts } = account;
  return {
    ...facts,
    createdAt: isoTime(createdMs),
    ...(endsMs === undefined ? {} : { endsAt: isoTime(endsMs) }),
  };
}

function accountLines(account: AccountView, width: number): readonly string[] {
  const { emailAddress, kind, login, state, reason, grants: covered = [], endsAt, isDemo } = account;
  const address = emailAddress.padEnd(width);
  if (kind === 'local') return [`${address}  local mailbox${isDemo === true ? ' (demo)' : ''}`];
  const name = login === 'serviceAccount' ? 'Gmail, service account' : 'Gmail';
  const said = state === 'connected' ? state : 'needs a login';
  const more: string[] = [];
  if (reason !== undefined) more.push(reason, `Run: gmail-llm login --account ${emailAddress}`);
  else if (endsAt !== undefined) {
    more.push(`ends on ${localTime(Date.parse(endsAt))}: the OAuth client is in testing mode`);
  }
  return [
    `${address}  ${name}: ${said}; covers ${covered.join(', ')}`,
    ...more.map((text) => `${' '.repeat(width)}  ${text}`),
  ];
}

export const listAllAccounts = defineHomeOperation({
  name: 'list_all_accounts',
  route: 'GET /api/admin/accounts',
  grant: 'admin',
  toolset: 'admin',
  summary: 'Local mailboxes and Gmail logins, with their state.',
  input: {},
  output: accountStates,
  async run(_input, { services: { home, configuration, mailboxes, live }, nowMs, account }) {
    const states = await listAccountStates({ ...configuration, live, dataFolder: home.dataFolder }, mailboxes, nowMs);
    const wanted = states.filter(({ emailAddress }) => account === undefined || emailAddress === account);
    return { accounts: wanted.map(viewAccount) };
  },
  text: ({ accounts }) => {
    if (accounts.length === 0) {
      return 'There is no account yet. `gmail-llm login` connects Gmail, `gmail-llm import PATH…` takes mail from files.';
    }
    const width = Math.max(...accounts.map(({ emailAddress }) => emailAddress.length));
    return accounts.flatMap((account) => accountLines(account, width)).join('\n');
  },
});
