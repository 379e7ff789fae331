import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createReadStream, existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createGunzip } from 'node:zlib';
import { splitMbox } from '../../../src/local/import/split-mbox.ts';
import { parseMime } from '../../../src/mail/mime/parse-mime.ts';
import type { Compared, Difference } from './explain-difference.ts';
import { differencesIn } from './explain-difference.ts';
import type { ReadingOrError } from './other-parsers.ts';
import { readWithPostalMime, readWithPython } from './other-parsers.ts';

/**
 * Our reading of real mail against that of Python's email package and of postal-mime, message by message: each difference
 * has a rule by which ours is right. `DIFFERENTIAL=all` compares every message, otherwise a sample is.
 */
const isWhole = process.env['DIFFERENTIAL'] === 'all';
const sampleStep = 25;

const folder = join(import.meta.dirname, '../../../../shared/mail');
const hasPython = spawnSync('python3', ['-c', 'import email.policy']).status === 0;
const skip = !existsSync(folder)
  ? 'needs ../shared/mail: ask the maintainers for the folder of real mail and put it beside the checkout'
  : hasPython
    ? false
    : 'needs Python: apt-get install python3';

interface NamedMessage {
  readonly name: string;
  readonly raw: Uint8Array;
}

function* filesOf(pattern: string): Generator<NamedMessage> {
  for (const name of globSync(pattern, { cwd: folder }).toSorted()) {
    const path = join(folder, name);
    if (statSync(path).isFile()) yield { name, raw: readFileSync(path) };
  }
}

async function* mboxOf(name: string): AsyncGenerator<NamedMessage> {
  const chunks = createReadStream(join(folder, name)).pipe(createGunzip());
  for await (const entry of splitMbox(chunks, { maxMessageBytes: 2 ** 26 })) {
    if (entry.kind === 'message') yield { name: `${name} at byte ${entry.offsetBytes}`, raw: entry.raw };
  }
}

/** Messages that a process of Python reads at once. */
const batchSize = 2000;

async function* batches(
  messages: AsyncIterable<NamedMessage> | Iterable<NamedMessage>,
  step: number,
): AsyncGenerator<NamedMessage[]> {
  let batch: NamedMessage[] = [];
  let index = 0;
  for await (const message of messages) {
    if (index++ % step === 0) batch.push(message);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

const corpora: readonly (readonly [
  name: string,
  messages: () => AsyncIterable<NamedMessage> | Iterable<NamedMessage>,
  step: number,
])[] = [
  ['hard MIME', () => filesOf('mime/**/*.{eml,txt,msg}'), 1],
  ['whole messages with full headers', () => filesOf('spamassassin/*/*'), isWhole ? 1 : sampleStep],
  ...['r-package-devel', 'r-sig-finance', 'r-devel'].map(
    (list) => [`the archive of ${list}`, () => mboxOf(`lists/${list}.mbox.gz`), isWhole ? 1 : 20 * sampleStep] as const,
  ),
];

for (const [corpus, messages, step] of corpora) {
  test(
    `${corpus}: other parsers read the same, or a rule says why not`,
    { skip, timeout: 3_600_000 },
    async (context) => {
      const counts = new Map<string, number>();
      const unexplained: string[] = [];
      let read = 0;
      for await (const batch of batches(messages(), step)) {
        const python = readWithPython(batch.map(({ raw }) => raw));
        for (const [index, { name, raw }] of batch.entries()) {
          read += 1;
          const parsed = await parseMime(raw);
          const others: readonly (readonly [Compared['parser'], ReadingOrError | undefined])[] = [
            ['Python', python[index]],
            ['postal-mime', await readWithPostalMime(raw)],
          ];
          for (const [parser, theirs] of others) {
            if (theirs === undefined || 'error' in theirs) {
              counts.set(`${parser}: fails`, (counts.get(`${parser}: fails`) ?? 0) + 1);
              continue;
            }
            const latin1 = Buffer.from(raw).toString('latin1');
            for (const difference of differencesIn({ parser, latin1, parsed, theirs })) {
              const { field, rule } = difference;
              if (rule === undefined) unexplained.push(describe(parser, name, difference));
              else counts.set(`${parser}, ${field}: ${rule}`, (counts.get(`${parser}, ${field}: ${rule}`) ?? 0) + 1);
            }
          }
        }
      }
      context.diagnostic(`${read} messages`);
      for (const [rule, count] of [...counts].toSorted(([, a], [, b]) => b - a)) context.diagnostic(`${count} ${rule}`);
      assert.deepEqual(unexplained, []);
    },
  );
}

/** Where two readings part, with what stands around it. */
function describe(parser: string, name: string, { field, ours, theirs }: Difference): string {
  const [a, b] = [ours, theirs].map((value) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')));
  let start = 0;
  while (start < (a ?? '').length && a?.[start] === b?.[start]) start += 1;
  const around = (text = ''): string => JSON.stringify(text.slice(Math.max(0, start - 30), start + 100));
  return `${parser}, ${field} of ${name}: ours ${around(a)} theirs ${around(b)}`;
}
