import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { message, mbox, writeFiles } from '../../local/import/archives.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { done } from '../command-harness.ts';

export const owner = 'ann@example.org';

/** A home with messages, labels, a draft, a token and a policy; the variables that name it. */
export async function filledHome(
  t: TestContext,
): Promise<{ readonly GMAIL_HOME: string; readonly GMAIL_ACCOUNT: string }> {
  const GMAIL_HOME = join(temporaryFolder(t), 'home');
  const environment = { GMAIL_HOME, GMAIL_ACCOUNT: owner };
  const labelled = (labels: string, subject: string, body?: string) =>
    message(subject, {
      extra: `X-Gmail-Labels: ${labels}\nX-GM-THRID: ${1000 + subject.length}\n`,
      ...(body === undefined ? {} : { body }),
    });
  const archive = writeFiles(temporaryFolder(t), {
    'mail.mbox': mbox([
      labelled('Inbox,Unread,Travel/Rome', 'Plan', 'Meet at noon.\n\n>From here we walk.\n'),
      labelled('Inbox,Opened,"Bills, paid",=?UTF-8?Q?R=C3=BCckblick?=', 'Bill'),
      labelled('Archived,Opened,Starred', 'Kept'),
      labelled('Sent,Opened', 'Told'),
      labelled('Spam,Unread', 'Win'),
      labelled('Trash,Opened', 'Gone'),
    ]),
  });
  await done(['import', '--account', owner, archive], environment);
  await done(['call', 'create_draft', '--to', 'bob@example.org', '--subject', 'Later', '--body', 'x'], environment);
  await done(['token'], environment);
  await done(['token', 'create', 'reader', '--grants', 'read'], environment);
  writeFileSync(join(GMAIL_HOME, 'policy.json'), '{"sending": "off"}\n');
  writeFileSync(join(GMAIL_HOME, 'settings'), 'GMAIL_CLIENT_SECRET=hush-hush\nGMAIL_LOG_LEVEL=warn\n', {
    mode: 0o600,
  });
  return environment;
}

/** What a search over everything finds: subjects with their labels, sorted. */
export async function contents(environment: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const call = async (...words: string[]) => JSON.parse(await done(['call', ...words], environment)) as never;
  const { labels } = (await call('list_labels')) as { labels: { id: string; name: string }[] };
  const names = new Map(labels.map(({ id, name }) => [id, name]));
  const { messages } = (await call('search_messages', '--maxResults', '100', '--includeSpamTrash', 'true')) as {
    messages: { subject: string; labelIds: string[] }[];
  };
  return messages
    .map(
      ({ subject, labelIds }) =>
        `${subject}: ${labelIds
          .map((id) => names.get(id) ?? id)
          .toSorted()
          .join(', ')}`,
    )
    .toSorted();
}
