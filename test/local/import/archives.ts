import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { MailItem } from '../../../src/local/import/mail-item.ts';
import { readMail } from '../../../src/local/import/read-mail.ts';
import type { LocalMailbox } from '../../../src/local/open-local-mailbox.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openMailbox } from '../temporary-mailbox.ts';

/** Writes files below a folder and answers that folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return folder;
}

/** A mailbox in a folder of its own, closed with the test. */
export function temporaryMailbox(t: TestContext): LocalMailbox {
  return openMailbox(t, temporaryFolder(t));
}

/** A small message; `extra` stands before the other header fields. */
export function message(subject: string, { body = `Body of ${subject}.\n`, extra = '' } = {}): string {
  return `${extra}From: Ann <ann@example.org>
To: me@example.org
Subject: ${subject}
Date: Tue, 02 Jan 2024 10:00:00 +0000
Message-ID: <${subject.replaceAll(/\W/g, '-')}@example.org>

${body}`;
}

const plainEnvelope = 'From ann@example.org Tue Jan  2 10:00:00 2024';

/** An mbox of messages that need no escaping. */
export function mbox(messages: readonly string[], envelope = plainEnvelope): string {
  return messages.map((text) => `${envelope}\n${text}\n`).join('');
}

/** All that comes, in an array. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Everything that reading a path hands out. */
export async function readAll(path: string, maxMessageBytes = 1024 * 1024): Promise<MailItem[]> {
  return collect(readMail(path, { resumeAt: () => 0, onBytes: () => undefined, maxMessageBytes }));
}

/** The messages among them as text. */
export function textsOf(items: readonly MailItem[]): string[] {
  return items.flatMap((item) => (item.kind === 'message' ? [Buffer.from(item.raw).toString()] : []));
}

/** A tar archive (POSIX ustar) of files; longer names than a header holds get a pax header. */
export function tar(files: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, content]) => [
    ...(name.length > 100 ? [tarEntry('pax', Buffer.from(paxRecord('path', name)), 'x')] : []),
    tarEntry(name.slice(0, 100), Buffer.from(content), '0'),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const length = Buffer.byteLength(rest) + 3;
  return `${length}${rest}`;
}

function tarEntry(name: string, content: Buffer, type: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('14000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\u000000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
