import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMail } from '../../src/local/import/read-mail.ts';
import type { ParsedMail } from '../../src/mail/message.ts';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';

/** The HTML messages under a folder; what cannot be read as mail is passed over. */
export async function* htmlMails(
  folder: string,
): AsyncGenerator<{ readonly name: string; readonly raw: Buffer; readonly parsed: ParsedMail; readonly html: string }> {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.(?:gz|json|md)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.toSorted()) {
    const raw = readFileSync(file);
    const parsed = await parseMime(raw).catch(() => undefined);
    if (parsed?.html !== undefined) yield { name: file.slice(folder.length + 1), raw, parsed, html: parsed.html };
  }
}

/** Archives are read up to here: enough for threads of every shape. */
const readMessages = 6000;
const threadMessages = { least: 4, most: 40 } as const;

/** Threads of an archive by what their messages say that they answer, oldest first. */
export async function threadsOf(archive: string, most: number): Promise<readonly (readonly ParsedMail[])[]> {
  const threads: ParsedMail[][] = [];
  const threadOf = new Map<string, ParsedMail[]>();
  let count = 0;
  for await (const item of readMail(archive, { resumeAt: () => 0, onBytes: () => undefined, maxMessageBytes: 1e6 })) {
    if (item.kind !== 'message') continue;
    count += 1;
    if (count > readMessages) break;
    const parsed = await parseMime(item.raw).catch(() => undefined);
    if (parsed === undefined || parsed.messageId === '') continue;
    const known = parsed.references.map((id) => threadOf.get(id)).find((thread) => thread !== undefined);
    const thread = known ?? [];
    if (known === undefined) threads.push(thread);
    thread.push(parsed);
    threadOf.set(parsed.messageId, thread);
  }
  const { least, most: largest } = threadMessages;
  return threads.filter(({ length }) => length >= least && length <= largest).slice(0, most);
}
