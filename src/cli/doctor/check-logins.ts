import { localTime } from '../../core/local-time.ts';
import { AppError } from '../../core/errors.ts';
import { createHttpClient } from '../../core/egress/http-client.ts';
import { renewAccessToken } from '../../gmail/channel/renew-access-token.ts';
import type { AccountInfo, Credential, CredentialStore } from '../../gmail/credential.ts';
import { loginCommand } from '../../gmail/credentials/login-command.ts';
import { fetchOwnAddress } from '../../gmail/login/fetch-own-address.ts';
import { oauthEndpoints } from '../../gmail/login/oauth-endpoints.ts';
import { explainRefusal, permissionsPage } from '../../gmail/login/oauth-refusal.ts';
import { grantsOfScopes, uncoveredGrants } from '../../gmail/login/scopes.ts';
import { gmailScopes } from '../../mail/gmail-methods.ts';
import { audiencePage, withoutGrant } from '../login/login-texts.ts';
import { usableConfiguration } from './check-variables.ts';
import { asFault, type Check, type Finding, type Patient } from './finding.ts';
import { withLoginStore } from './login-store.ts';

/** A login in testing mode lives seven days, so every such one is told of from its first. */
function checkEnd({ emailAddress, refreshTokenExpiresMs }: AccountInfo, name: string): Finding | undefined {
  if (refreshTokenExpiresMs === undefined) return undefined;
  const lasting = `Put the consent screen "In production" (${audiencePage}), then run: ${loginCommand(emailAddress)}`;
  const end = localTime(refreshTokenExpiresMs);
  return refreshTokenExpiresMs <= Date.now()
    ? { name, state: 'fault', found: `It ended on ${end}: the OAuth client is in testing mode.`, fix: lasting }
    : { name, state: 'warning', found: `It ends on ${end}: the OAuth client is in testing mode.`, fix: lasting };
}

/** What the servers may do by `GMAIL_GRANTS` and Google will refuse. */
function checkScopes(
  { emailAddress, scopes }: AccountInfo,
  name: string,
  { environment }: Patient,
): Finding | undefined {
  if (scopes.includes(gmailScopes.metadata)) {
    return {
      name,
      state: 'fault',
      found: 'It carries the scope gmail.metadata, with which Gmail shows no mail and searches nothing.',
      fix: `Remove the client's access at ${permissionsPage}, then run: ${loginCommand(emailAddress)}`,
    };
  }
  // A login is for the live backend, whichever is in use now.
  const { grants } = usableConfiguration({ ...environment, GMAIL_BACKEND: 'gmail' });
  const uncovered = uncoveredGrants(scopes, grants);
  if (uncovered.length === 0) return undefined;
  return {
    name,
    state: 'warning',
    found: `GMAIL_GRANTS allows more than it covers: ${uncovered.map((grant) => withoutGrant[grant]).join('; ')}.`,
    fix:
      `Run: ${loginCommand(emailAddress)} --grants ${[...grants].join(',')}. ` +
      `Or set GMAIL_GRANTS=${grantsOfScopes(scopes).join(',')}`,
  };
}

/** Whether Google gives a token for the login, and Gmail takes it. */
async function tryLive(credential: Credential, name: string, patient: Patient): Promise<Finding> {
  const { emailAddress } = credential;
  const { tokenUrl } = oauthEndpoints(patient.configuration.oauthRootUrl);
  const http = createHttpClient();
  try {
    const outcome = await renewAccessToken(http, tokenUrl, credential, Date.now());
    switch (outcome.kind) {
      case 'refused': {
        const { meaning, fix } = explainRefusal(outcome.refusal);
        const { error, description } = outcome.refusal;
        const said = description === '' ? error : `${error}: ${description}`;
        return {
          name,
          state: 'fault',
          found: `${meaning} (Google says: ${said})`,
          fix: `${fix} Command: ${loginCommand(emailAddress)}`,
        };
      }
      case 'failed':
        return {
          name,
          state: 'fault',
          found: `${new URL(tokenUrl).origin} cannot be asked for a token: ${outcome.reason}.`,
          fix: 'Check the network, the proxy and GMAIL_OAUTH_ROOT_URL.',
        };
      case 'granted': {
        const { apiRootUrl } = patient.configuration;
        const { accessToken } = outcome;
        const opened = await fetchOwnAddress({
          apiRootUrl,
          accessToken,
          account: emailAddress,
          signal: patient.signal,
        });
        if (opened === emailAddress) {
          return {
            name,
            state: 'ok',
            found: `Google renews it and Gmail answers; it covers ${grantsOfScopes(credential.scopes).join(', ')}`,
          };
        }
        return {
          name,
          state: 'fault',
          found: `It opens the mailbox of ${opened}: the account was renamed at Google.`,
          fix: `Run: ${loginCommand(opened)}, then: gmail-llm accounts remove ${emailAddress}`,
        };
      }
    }
  } catch (error) {
    return asFault(name, error);
  } finally {
    http.close();
  }
}

async function checkLogin(info: AccountInfo, store: CredentialStore, patient: Patient): Promise<readonly Finding[]> {
  const name = `login ${info.emailAddress}`;
  if (info.reauthReason !== undefined) {
    return [{ name, state: 'fault', found: info.reauthReason, fix: `Run: ${loginCommand(info.emailAddress)}` }];
  }
  const end = checkEnd(info, name);
  if (end?.state === 'fault') return [end];
  let credential: Credential;
  try {
    ({ credential } = await store.read(info.emailAddress));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [asFault(name, error)];
  }
  const live = await tryLive(credential, name, patient);
  return [live, ...[end, checkScopes(info, name, patient)].filter((finding) => finding !== undefined)];
}

/** Every stored login: whether its key is there, its end, what Google says of it now, and what it covers. */
export const checkLogins: Check = {
  name: 'logins',
  needs: ['home', 'store'],
  async run(patient) {
    const findings = await withLoginStore(patient, async (store) =>
      (await Promise.all((await store.list()).map((info) => checkLogin(info, store, patient)))).flat(),
    );
    if (findings !== undefined && findings.length > 0) return findings;
    return [
      { name: 'logins', state: 'skipped', found: 'No Gmail account is logged in; gmail-llm login connects one.' },
    ];
  },
};
