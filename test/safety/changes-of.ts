import { grants } from '../../src/core/grants.ts';
import type { Mailbox } from '../../src/mail/mailbox.ts';
import { createChanges } from '../../src/safety/changes/apply-changes.ts';
import type { ChangeParts, Changes } from '../../src/safety/changes/apply-changes.ts';
import type { OpenFeed } from '../../src/safety/changes/announce-change.ts';
import { policyOf } from '../../src/safety/policy/policy.ts';
import { owner } from './policy-world.ts';

/** A feed that nobody reads. */
export const silentFeed: OpenFeed = () => ({
  begin: async () => ({ publish: async () => {}, abandon: async () => {} }),
});

/** The changes of one call of `some_operation` by the token `agent`, without a policy and with every grant. */
export function changesOf(
  mailbox: Mailbox,
  parts: Pick<ChangeParts, 'audit'> & Partial<ChangeParts> & { readonly tokenName?: string },
): Changes {
  const { tokenName = 'agent', ...others } = parts;
  return createChanges({
    mailbox,
    account: owner,
    actor: { transport: 'rest', requestId: 'request-1', tokenName },
    operation: 'some_operation',
    grants: new Set(grants),
    isDryRun: false,
    policy: (account) => policyOf({}, account),
    isDraftInWork: async () => false,
    feed: silentFeed,
    ...others,
  });
}
