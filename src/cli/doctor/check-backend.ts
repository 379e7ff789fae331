import { demoAddress } from '../../local/demo/demo-messages.ts';
import type { Check, Finding, Patient } from './finding.ts';
import { withHomeStores } from './with-home-stores.ts';
import { loggedIn } from './login-store.ts';

const name = 'backend';

/** Whether calls find an account: the one that is configured, or the only one. */
function checkChoice(
  accounts: readonly string[],
  { configuration }: Patient,
  ifNone: { readonly found: string; readonly fix: string },
): Finding {
  const { account, backend } = configuration;
  const [only] = accounts;
  if (only === undefined) return { name, state: 'fault', ...ifNone };
  if (account !== undefined && !accounts.includes(account)) {
    return {
      name,
      state: 'fault',
      found: `GMAIL_ACCOUNT is ${account}, and the accounts of ${backend} are ${accounts.join(', ')}.`,
      fix: 'Set GMAIL_ACCOUNT to one of them, or unset it.',
    };
  }
  if (account === undefined && accounts.length > 1) {
    return {
      name,
      state: 'warning',
      found: `There are ${accounts.length} accounts (${accounts.join(', ')}), so every call has to name one.`,
      fix: 'Set GMAIL_ACCOUNT to the one that calls mean when they name none.',
    };
  }
  return { name, state: 'ok', found: `${backend}, account ${account ?? only}` };
}

async function checkLocal(logins: readonly string[], patient: Patient): Promise<readonly Finding[]> {
  const all = await withHomeStores(patient, ({ mailboxes }) => mailboxes.list());
  const own = all.filter((address) => address !== demoAddress);
  const findings: Finding[] = [];
  if (all.length === 0 && patient.configuration.account === undefined) {
    findings.push({ name, state: 'ok', found: 'local; the demo mailbox is made at the first start' });
  } else {
    findings.push(
      checkChoice(own.length > 0 ? own : all, patient, {
        found: `GMAIL_ACCOUNT is ${patient.configuration.account}, and there is no mailbox.`,
        fix: 'Run `gmail-llm import PATH…`, or unset GMAIL_ACCOUNT.',
      }),
    );
  }
  if (logins.length > 0) {
    findings.push({
      name,
      state: 'warning',
      found: `${logins.join(', ')} ${logins.length === 1 ? 'is' : 'are'} logged in, and GMAIL_BACKEND is local: the servers do not use ${logins.length === 1 ? 'it' : 'them'}.`,
      fix: 'Start the servers with GMAIL_BACKEND=gmail.',
    });
  }
  return findings;
}

export const checkBackend: Check = {
  name,
  needs: ['home', 'store'],
  async run(patient) {
    const { backend, accessToken } = patient.configuration;
    const logins = await loggedIn(patient);
    if (backend === 'local') return checkLocal(logins, patient);
    if (accessToken !== undefined) {
      return [
        {
          name,
          state: 'warning',
          found: 'gmail, with GMAIL_ACCESS_TOKEN in place of a stored login; it lives an hour at most.',
          fix: 'For more than a try, unset it and run: gmail-llm login',
        },
      ];
    }
    return [
      checkChoice(logins, patient, {
        found: 'GMAIL_BACKEND is gmail, and no Gmail account is logged in.',
        fix: 'Run: gmail-llm login',
      }),
    ];
  },
};
