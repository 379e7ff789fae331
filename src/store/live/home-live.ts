import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyRing } from '../../core/keys/key-ring.ts';
import { processOwner } from '../../core/process-owner.ts';
import { openSqliteLiveState } from '../sqlite/live/open-live-state.ts';
import { openSqliteLoginStore } from '../sqlite/live/open-login-store.ts';
import type { LiveState } from './live-state.ts';
import type { LoginStore } from './login-store.ts';

/** What the processes of a home share of live accounts. */
export interface HomeLive {
  /** Whether a login may be stored: opening the logins of a home that never had any makes them. */
  readonly hasLogins: () => boolean;
  /** Opens the logins, to be closed by whoever asks. Throws `UNAVAILABLE`. */
  readonly logins: () => LoginStore;
  /** Opens the state for this process, to be closed by whoever asks. Throws `UNAVAILABLE`. */
  readonly state: () => LiveState;
  /** The clock of all that share it, milliseconds since 1970. */
  readonly now: () => number;
  /** The keys that all hosts of a database have; undefined where the configuration says where the home's own are. */
  readonly sharedKeys?: KeyRing;
}

/** What is in `data/gmail` of live accounts. Opens nothing yet. */
export function sqliteLive(dataFolder: string, now: () => number): HomeLive {
  const logins = join(dataFolder, 'gmail', 'accounts.db');
  return {
    hasLogins: () => existsSync(logins),
    logins: () => openSqliteLoginStore(logins),
    state: () => openSqliteLiveState(join(dataFolder, 'gmail', 'state.db'), processOwner(), now),
    now,
  };
}
