import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { createProgressBar } from '../../src/cli/progress-bar.ts';
import type { ArchivedMessage } from '../../src/local/import/mail-item.ts';
import { readMail } from '../../src/local/import/read-mail.ts';
import { copyOfMessage, envelopeOfCopy } from './copy-of-message.ts';

const maxMessageBytes = 150 * 1024 * 1024;
/** Zlib is called for so many bytes at once. */
const chunkBytes = 1024 * 1024;

/** Every message under the paths, the same bytes once, as an import counts them. */
async function* differentMessages(paths: readonly string[]): AsyncGenerator<ArchivedMessage> {
  const seen = new Set<string>();
  for (const path of paths) {
    for await (const item of readMail(path, { resumeAt: () => 0, onBytes: () => undefined, maxMessageBytes })) {
      if (item.kind !== 'message') continue;
      const hash = createHash('sha256').update(item.raw).digest('base64');
      if (seen.has(hash)) continue;
      seen.add(hash);
      yield item;
    }
  }
}

/** An mbox that is packed while it is written; it has its name when it is whole. */
function openArchive(path: string) {
  const gzip = createGzip({ level: 1 });
  const file = gzip.pipe(createWriteStream(`${path}.part`));
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  async function flush(): Promise<void> {
    const chunk = Buffer.concat(waiting);
    [waiting, waitingBytes] = [[], 0];
    if (!gzip.write(chunk)) await once(gzip, 'drain');
  }
  return {
    async add(bytes: Buffer): Promise<void> {
      waiting.push(bytes);
      waitingBytes += bytes.length;
      if (waitingBytes >= chunkBytes) await flush();
    },
    async end(): Promise<void> {
      await flush();
      gzip.end();
      await finished(file);
      renameSync(`${path}.part`, path);
    },
  };
}

/**
 * Writes mbox files into a folder: copies of the messages under the paths, as often as it takes to have `wanted`
 * different messages together with the originals; those that are there already are used again. Returns the files.
 */
export async function writeCopies(
  paths: readonly string[],
  { folder, wanted, signal }: { readonly folder: string; readonly wanted: number; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const original = { count: 0, bytes: 0 };
  for await (const { raw } of differentMessages(paths)) {
    original.count += 1;
    original.bytes += raw.length;
    signal.throwIfAborted();
  }
  const copies = Math.ceil(wanted / original.count) - 1;
  const files = Array.from({ length: copies }, (_, index) => join(folder, `copy-${index + 1}.mbox.gz`));
  if (files.every((file) => existsSync(file))) return files;
  const archives = files.map(openArchive);
  const bar = createProgressBar(process.stderr, Date.now, 'copies');
  const done = { doneBytes: 0, totalBytes: (original.bytes / original.count) * (wanted - original.count), found: 0 };
  let index = 0;
  for await (const message of differentMessages(paths)) {
    for (const [before, archive] of archives.entries()) {
      const copy = before + 1;
      // The last copy ends where there are enough.
      if (copy * original.count + index >= wanted) continue;
      await archive.add(Buffer.concat([envelopeOfCopy(message, copy), copyOfMessage(message, copy)]));
      done.doneBytes += message.raw.length;
      done.found += 1;
    }
    index += 1;
    bar.update(done);
    signal.throwIfAborted();
  }
  for (const archive of archives) await archive.end();
  bar.clear();
  return files;
}
