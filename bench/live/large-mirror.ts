import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '../../src/emulator/start-emulator.ts';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';
import { quantile } from '../load.ts';
import { costOf, emailAddress, untilJustAsked, withServer, type Cost } from './live-server.ts';

const largeMessages = 20_000;
const rounds = 200;

/** A message of the large mailbox: every tenth begins a thread that the next nine answer. */
function largeMessage(index: number): Buffer {
  const first = index - (index % 10);
  const lines = [
    `From: Ann Lee <ann${index % 50}@example.org>`,
    `To: ${emailAddress}`,
    `Subject: ${index === first ? '' : 'Re: '}Number ${first}`,
    `Message-ID: <${index}@example.org>`,
    ...(index === first ? [] : [`In-Reply-To: <${index - 1}@example.org>`, `References: <${first}@example.org>`]),
    'Content-Type: text/plain; charset=utf-8',
    '',
    `Hello, this is message ${index} of many, about the invoice of week ${index % 52}.`,
  ];
  return Buffer.from(lines.join('\r\n'));
}

/** What reads of a mirror take in a large mailbox. */
export async function benchLargeMirror(say: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gmail-llm-bench-'));
  const emulator = await startEmulator({
    accounts: [{ emailAddress, folder }],
    settings: { unitsPerMinute: 10_000_000, latencyMs: 0 },
  });
  try {
    const mailbox = emulator.mailbox();
    const firstMs = Date.now() - largeMessages * 60_000;
    let threadId = '';
    for (let start = 0; start < largeMessages; start += 500) {
      const indexes = Array.from({ length: 500 }, (_, index) => start + index);
      const batch = indexes.map(async (index) => {
        const raw = largeMessage(index);
        return { raw, parsed: await parseMime(raw), internalDateMs: firstMs + index * 60_000, labels: ['INBOX'] };
      });
      const [outcome] = await mailbox.addMessages(await Promise.all(batch));
      threadId = (await mailbox.getMessage(outcome?.id ?? '')).summary.threadId;
    }
    await mailbox.finishImport();
    const startedMs = performance.now();
    await withServer(emulator, { isMirrored: true }, async ({ get }) => {
      const seconds = (performance.now() - startedMs) / 1000;
      say(`\nA mirror of ${largeMessages} messages, filled in ${seconds.toFixed(0)} s\n`);
      const reads = {
        // What any answer of the server takes.
        'no mail at all': '/health/live',
        'the last 10': '/api/messages?maxResults=10',
        'a thread of ten': `/api/threads/${threadId}`,
        'search for a word': '/api/messages?maxResults=10&q=invoice+is:unread',
      };
      const costs = Object.entries(reads).map(([name, path]) => ({ name, path, costs: [] as Cost[] }));
      await untilJustAsked(emulator);
      for (let round = 0; round < rounds; round += 1) {
        // In turns, so that each meets the same machine; the server asks what has changed in one of many.
        for (const read of costs) read.costs.push(await costOf(emulator, () => get(read.path)));
      }
      for (const { name, costs: ofRead } of costs) {
        const times = ofRead.map(({ ms }) => ms).toSorted((a, b) => a - b);
        const sum = (field: 'calls' | 'units') => ofRead.slice(0, 2).reduce((total, cost) => total + cost[field], 0);
        say(
          `${name.padEnd(24)}${sum('calls')} calls, ${sum('units')} units the first and second time; least ` +
            `${times[0]?.toFixed(1)} ms, half within ${quantile(times, 0.5).toFixed(1)} ms, first ${ofRead[0]?.ms.toFixed(1)} ms (aim: 0, 0, 5 ms)`,
        );
      }
    });
  } finally {
    await emulator.close();
    rmSync(folder, { recursive: true });
  }
}
