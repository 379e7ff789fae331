import type { Configuration } from '../core/configuration.ts';
import type { Home } from '../core/home.ts';
import type { HomeStores } from '../store/home-stores.ts';
import type { Backend } from './accounts.ts';
import { gmailBackend } from './gmail-backend.ts';
import { localBackend } from './local-backend.ts';

/** The backend that the configuration names. Opens nothing. */
export function selectBackend(
  configuration: Configuration,
  home: Home,
  nowMs: () => number,
  {
    mailboxes,
    mirrors: mirrorStores,
    feed: { feed },
    live,
  }: Pick<HomeStores, 'mailboxes' | 'mirrors' | 'feed' | 'live'>,
): Backend {
  switch (configuration.backend) {
    case 'local':
      return localBackend(mailboxes, nowMs, feed);
    case 'gmail':
      return gmailBackend(configuration, home, {
        feed,
        live,
        mirrorStores,
        now: nowMs,
      });
  }
}
