import type { Configuration } from '../core/configuration.ts';
import type { Home } from '../core/home.ts';
import type { Feed } from '../store/feed/feed.ts';
import type { Backend } from './accounts.ts';
import { gmailBackend } from './gmail-backend.ts';
import { localBackend } from './local-backend.ts';

/** The backend that the configuration names. Opens nothing. */
export function selectBackend(
  configuration: Configuration,
  home: Home,
  nowMs: () => number,
  feed: () => Feed,
): Backend {
  switch (configuration.backend) {
    case 'local':
      return localBackend(home, nowMs, feed);
    case 'gmail':
      return gmailBackend(configuration, home, nowMs, feed);
  }
}
