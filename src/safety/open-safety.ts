import { join } from 'node:path';
import type { Reach } from '../core/egress/check-target.ts';
import type { Home } from '../core/home.ts';
import type { AuditLog } from '../store/audit/audit-log.ts';
import type { OutboxStore } from '../store/outbox/outbox-store.ts';
import type { SafetyStores } from '../store/safety-stores.ts';
import type { OpenFeed } from './changes/announce-change.ts';
import { createOutbox, type Outbox } from './outbox/outbox.ts';
import { egressReach } from './policy/egress-rules.ts';
import { createEgressReader, createPolicyReader, type PolicyReader } from './policy/read-policy.ts';
import { openUploads, type Uploads } from './uploads.ts';

/** What stands between an operation and a change: the owner's policy, the audit log and the outbox of a home. */
export interface Safety {
  readonly policy: PolicyReader;
  /** Where requests may go whose address somebody has given. Throws `FORBIDDEN` for a faulty file: then nowhere. */
  readonly egress: () => Exclude<Reach, 'anywhere'>;
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
  { safety: stores, feed: { feed } }: { readonly safety: SafetyStores; readonly feed: { readonly feed: OpenFeed } },
): Safety {
  const policyFile = join(folder, 'policy.json');
  const policy = createPolicyReader(policyFile);
  const egress = createEgressReader(policyFile);
  const { audit, outbox: outboxStore } = stores;
  let made: Outbox | undefined;

  return {
    policy,
    egress: () => egressReach(egress()),
    audit,
    hasAudit: stores.hasAudit,
    outboxStore,
    outbox: () => (made ??= createOutbox({ store: outboxStore(), audit: audit(), policy, now })),
    uploads: openUploads(join(dataFolder, 'uploads'), now),
    feed,
    hasOutbox: stores.hasOutbox,
  };
}
