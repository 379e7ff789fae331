import type { MailRows } from '../../store/mail/mail-store.ts';

const contentBits = 20;
/** Milliseconds that fit beside the content bits: until the year 2527. Later dates share the last of them. */
const latestIdMs = 2 ** 44 - 1;

/** What an id is made of. */
interface Mintable {
  readonly internalDateMs: number;
  readonly sha256: Uint8Array;
}

/**
 * Free ids in Gmail's form for messages, in the same order: 16 hex digits, the time in milliseconds before 20 bits of
 * the content's SHA-256. The same message has the same id in every mailbox, unless another one there has taken it: then
 * the next free one.
 */
export async function mintIds(rows: MailRows, messages: readonly Mintable[]): Promise<readonly string[]> {
  const first = messages.map((message) => idOf(message, 0));
  const taken = new Set((await rows.messages.targets(first)).map(({ id }) => id));
  const ids: string[] = [];
  for (const [index, message] of messages.entries()) {
    let id = first[index] ?? idOf(message, 0);
    for (let attempt = 1; taken.has(id); attempt += 1) {
      if (attempt === 2 ** contentBits)
        throw new Error(`all ids of the millisecond ${message.internalDateMs} are taken`);
      id = idOf(message, attempt);
      for (const other of await rows.messages.targets([id])) taken.add(other.id);
    }
    taken.add(id);
    ids.push(id);
  }
  return ids;
}

function idOf({ internalDateMs, sha256 }: Mintable, attempt: number): string {
  const moment = BigInt(Math.min(internalDateMs, latestIdMs)) << BigInt(contentBits);
  const content = Buffer.from(sha256).readUIntBE(0, 3) >> 4;
  const bits = (content + attempt) % 2 ** contentBits;
  return (moment | BigInt(bits)).toString(16).padStart(16, '0');
}
