import { grants as allGrants, type MailGrant } from '../../core/grants.ts';
import { gmailScopes } from '../../mail/gmail-methods.ts';

const { full, modify, readonly, settingsBasic, metadata } = gmailScopes;

/** The scopes of which any one is enough for a grant. */
const scopesOfGrant: Readonly<Record<MailGrant, readonly string[]>> = {
  read: [readonly, modify, full],
  organize: [modify, full],
  draft: [modify, full],
  send: [modify, full],
  settings: [settingsBasic],
  delete: [full],
};

/** The fewest scopes that cover these grants and reading, which every login needs to tell whose mailbox it is. */
export function scopesForGrants(grants: ReadonlySet<MailGrant>): readonly string[] {
  const writes = (['organize', 'draft', 'send'] as const).some((grant) => grants.has(grant));
  const mail = grants.has('delete') ? full : writes ? modify : readonly;
  return grants.has('settings') ? [mail, settingsBasic] : [mail];
}

/**
 * What a login with these scopes can be used for, in the order of the grants: nothing with `gmail.metadata`, for Google
 * treats a token that has it as one that may not read bodies or search, whatever else it has.
 */
export function grantsOfScopes(granted: readonly string[]): readonly MailGrant[] {
  if (granted.includes(metadata)) return [];
  return allGrants.filter((grant) => scopesOfGrant[grant].some((scope) => granted.includes(scope)));
}

/** Those of `wanted` that a login with these scopes cannot be used for. */
export function uncoveredGrants(granted: readonly string[], wanted: ReadonlySet<MailGrant>): readonly MailGrant[] {
  const covered = new Set(grantsOfScopes(granted));
  return allGrants.filter((grant) => wanted.has(grant) && !covered.has(grant));
}
