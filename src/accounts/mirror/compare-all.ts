import type { MirrorSource } from '../../gmail/reading/mirror-source.ts';
import type { Label } from '../../mail/message.ts';

/**
 * All messages of an account with their labels, read by lists alone: five units for 500 ids, of the whole and of each
 * label, where reading the messages would be 10,000.
 */
export async function compareAll(
  source: MirrorSource,
  labels: readonly Label[],
  spamTrash: boolean,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const listed = new Map<string, string[]>();
  for await (const id of listAll(source, { includeSpamTrash: spamTrash })) listed.set(id, []);
  for (const { id: labelId } of labels) {
    for await (const id of listAll(source, { includeSpamTrash: true, labelId })) listed.get(id)?.push(labelId);
  }
  return listed;
}

async function* listAll(
  source: MirrorSource,
  request: { readonly includeSpamTrash: boolean; readonly labelId?: string },
): AsyncGenerator<string> {
  let pageToken: string | undefined;
  do {
    const page = await source.list({ ...request, ...(pageToken === undefined ? {} : { pageToken }) });
    yield* page.ids;
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
}
