import type { Mailbox } from '../../src/mail/mailbox.ts';

/** Every message of a mailbox by its id, as what is compared: labels by their names. */
export async function statesOf(mailbox: Mailbox): Promise<ReadonlyMap<string, string>> {
  const names = new Map((await mailbox.listLabels()).map(({ id, name }) => [id, name]));
  const all = new Map<string, string>();
  let pageToken: string | undefined;
  do {
    const page = await mailbox.searchMessages({
      query: { kind: 'all' },
      includeSpamTrash: false,
      maxResults: 500,
      ...(pageToken === undefined ? {} : { pageToken }),
    });
    for (const { id, threadId, subject, labelIds, internalDate, historyId } of page.messages) {
      const labels = labelIds.map((labelId) => names.get(labelId) ?? labelId).toSorted();
      all.set(id, JSON.stringify({ threadId, subject, labels, internalDate, historyId }));
    }
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return all;
}

/** Where a mirror is not as its account, a line for each message. */
export function differencesOf(
  account: ReadonlyMap<string, string>,
  mirror: ReadonlyMap<string, string>,
): readonly string[] {
  const ids = new Set([...account.keys(), ...mirror.keys()]);
  return [...ids].flatMap((id) =>
    account.get(id) === mirror.get(id)
      ? []
      : [`${id}: ${account.get(id) ?? 'gone'} is here ${mirror.get(id) ?? 'gone'}`],
  );
}
