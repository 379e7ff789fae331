import { gmailScopes } from '../mail/gmail-methods.ts';
import type { EmulatedAccount } from './emulated-account.ts';
import type { EmulatorTokens } from './emulator.ts';
import type { Authority, OAuthClient } from './oauth/authority.ts';
import type { ServiceAccounts } from './oauth/service-accounts.ts';
import { projectNumber } from './methods/rewrite-headers.ts';

/** The desktop client that every emulator knows. */
export const emulatedClient: OAuthClient = {
  clientId: `${projectNumber}-emulator.apps.googleusercontent.com`,
  clientSecret: 'GOCSPX-emulator',
};

const emulatedServiceAccount = `emulator@${projectNumber}.iam.gserviceaccount.com`;

/** What a token may do unless it is said: everything, for a client that wants to try everything. */
const everyScope: readonly string[] = [gmailScopes.full, gmailScopes.settingsBasic, gmailScopes.settingsSharing];

/** Makes and ends logins past the consent page. `account` answers a user by address, or the first. */
export function createEmulatorTokens(
  authority: Authority,
  serviceAccounts: ServiceAccounts,
  account: (emailAddress?: string) => EmulatedAccount,
): EmulatorTokens {
  return {
    issue({ emailAddress, scopes = everyScope, lifeSeconds, isServiceAccount = false, refreshToken: known } = {}) {
      const grant = authority.grant({
        emailAddress: account(emailAddress).emailAddress,
        clientId: isServiceAccount ? emulatedServiceAccount : emulatedClient.clientId,
        kind: isServiceAccount ? 'serviceAccount' : 'oauth',
        scopes,
        isOffline: !isServiceAccount,
        refreshToken: known,
      });
      const { token } = authority.issueAccessToken(grant, scopes, lifeSeconds);
      const { id, refreshToken } = grant;
      return { grantId: id, accessToken: token, ...(refreshToken === undefined ? {} : { refreshToken }) };
    },
    grants: authority.grants,
    expire: (emailAddress) =>
      authority.expireAccessTokens(emailAddress === undefined ? undefined : account(emailAddress).emailAddress),
    kill: authority.kill,
    registerServiceAccount: serviceAccounts.register,
  };
}
