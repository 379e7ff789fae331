import { feedOrLogged } from './feed-or-logged.ts';
import type { BroughtHistory, Feed } from '../store/feed/feed.ts';
import { followHistory } from '../store/feed/follow-history.ts';
import type { Mailbox } from '../mail/mailbox.ts';

/** Writes the histories of local mailboxes into the feed. A feed that fails is logged and keeps nobody from their mail. */
export interface LocalFollower {
  /** Follows the mailbox's history from now on, if nobody does yet. */
  begin(mailbox: Mailbox): Promise<void>;
  /** Writes what the mailbox's history has that the feed has not. */
  follow(mailbox: Mailbox): Promise<void>;
  /** Follows the mailbox whenever a change of this process was published. */
  watch(mailbox: Mailbox): void;
}

/** What no call of ours did: mail that came, or another program that works on the mailbox's files. */
const localCause: BroughtHistory['cause'] = ({ kind }) => ({ by: kind === 'messageAdded' ? 'arrival' : 'mailbox' });

/** Makes the follower of a process. Opens nothing. */
export function followLocalHistory(feed: () => Feed, now: () => number): LocalFollower {
  const watched = new Map<string, Mailbox>();

  const follow = (mailbox: Mailbox) =>
    feedOrLogged(mailbox.emailAddress, async () => {
      // The history of a local mailbox has a change as soon as it is made.
      await followHistory(feed(), { account: mailbox.emailAddress, mailbox, lagMs: 0, now, cause: localCause });
    });

  return {
    follow,
    begin: (mailbox) =>
      feedOrLogged(mailbox.emailAddress, async () => {
        const { historyId } = await mailbox.getProfile();
        await feed().follow(mailbox.emailAddress, historyId);
      }),
    watch(mailbox) {
      if (watched.size === 0) {
        feed().onPublished(async (account) => {
          const changed = watched.get(account);
          if (changed !== undefined) await follow(changed);
        });
      }
      watched.set(mailbox.emailAddress, mailbox);
    },
  };
}
