import { join } from 'node:path';
import type { Reach } from '../core/egress/check-target.ts';
import type { Home } from '../core/home.ts';
import type { AuditLog } from '../store/audit/audit-log.ts';
import type { OutboxStore } from '../store/outbox/outbox-store.ts';
import type { SharedLedgers } from '../store/shared-ledgers.ts';
import type { SafetyStores } from '../store/safety-stores.ts';
import type { OpenFeed } from './changes/announce-change.ts';
import { createOutbox, type Outbox } from './outbox/outbox.ts';
import { egressReach } from './policy/egress-rules.ts';
import { egressOf, policyOf } from './policy/policy.ts';
import { policySourceOf, type PolicySource } from './policy/policy-source.ts';
import type { PolicyReader } from './policy/read-policy.ts';
import { openSessionStore, type SessionStore } from './sessions/session-store.ts';
import { sharedSessions, sharedSignInLinks } from './sessions/shared-sessions.ts';
import { fileSignInLinks, type SignInLinks } from './sessions/sign-in-links.ts';
import { sharedUploads } from './shared-uploads.ts';
import { sharedTokens } from './tokens/shared-tokens.ts';
import { fileTokens, type Tokens } from './tokens/tokens.ts';
import { openUploads, type Uploads } from './uploads.ts';

/** What stands between an operation and a change: the owner's policy, the audit log and the outbox of a home. */
export interface Safety {
  readonly policy: PolicyReader;
  /** Where requests may go whose address somebody has given. Throws `FORBIDDEN` for a faulty file: then nowhere. */
  readonly egress: () => Promise<Exclude<Reach, 'anywhere'>>;
  readonly policySource: PolicySource;
  /** The key of what a client carries from a question to its answer, where hosts share it. */
  readonly questionKey?: () => Uint8Array | undefined;
  readonly tokens: Tokens;
  /** Of the owner's page. */
  readonly sessions: SessionStore;
  readonly signInLinks: SignInLinks;
  /** Opened at the first change. Throws `UNAVAILABLE`: then nothing may be changed. */
  readonly audit: () => AuditLog;
  /** Whether anything was ever changed from this home. */
  readonly hasAudit: () => boolean;
  /** Opened at the first send, or when there is something in it. Throws `UNAVAILABLE`: then nothing may be sent. */
  readonly outbox: () => Outbox;
  readonly outboxStore: () => OutboxStore;
  /** Whether anything was ever sent from this home: until then there is nothing to work on. */
  readonly hasOutbox: () => boolean;
  /** Files that callers have sent ahead, to be attached. */
  readonly uploads: Uploads;
  /** Where changes are announced. */
  readonly feed: OpenFeed;
}

/** The safety of a home. Opens nothing yet. */
export function openSafety(
  { folder, dataFolder }: Pick<Home, 'folder' | 'dataFolder'>,
  now: () => number,
  {
    safety: stores,
    feed: { feed },
    shared,
  }: {
    readonly safety: SafetyStores;
    readonly feed: { readonly feed: OpenFeed };
    readonly shared?: SharedLedgers;
  },
): Safety {
  const policyFile = join(folder, 'policy.json');
  const policySource = policySourceOf(shared, policyFile);
  const policy: PolicyReader = async (account) => policyOf((await policySource.read()) ?? {}, account);
  const { audit, outbox: outboxStore } = stores;
  let made: Outbox | undefined;

  return {
    policy,
    egress: async () => egressReach(egressOf((await policySource.read()) ?? {})),
    policySource,
    audit,
    hasAudit: stores.hasAudit,
    outboxStore,
    outbox: () => (made ??= createOutbox({ store: outboxStore(), audit: audit(), policy, now })),
    ...(shared === undefined
      ? {
          tokens: fileTokens(dataFolder),
          sessions: openSessionStore(dataFolder, now),
          signInLinks: fileSignInLinks(dataFolder),
          uploads: openUploads(join(dataFolder, 'uploads'), now),
        }
      : {
          questionKey: () => shared.keys.derive(shared.keys.currentId(), 'request-state', ''),
          tokens: sharedTokens(shared, now),
          sessions: sharedSessions(shared, now),
          signInLinks: sharedSignInLinks(shared),
          uploads: sharedUploads(shared, now),
        }),
    feed,
    hasOutbox: stores.hasOutbox,
  };
}
