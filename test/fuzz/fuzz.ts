// npm run fuzz [-- FOLDER…] [--count N] [--seed N] [--state FILE]: reads a million changed mails and HTML documents as the
// servers do. Folders hold the mails and HTML files that are changed. It goes on where it was interrupted, as long as seed and
// folders are the same; what it finds is beside the state file, and makes it end with 1.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { mutate, numbersFrom } from './mutate.ts';
import { readSeeds } from './seeds.ts';
import { problemOf, type InputKind } from './try-input.ts';

const root = join(import.meta.dirname, '../..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    state: { type: 'string', default: join(root, 'node_modules/.cache/fuzz/state.json') },
  },
});
const folders = positionals.length > 0 ? positionals : [join(root, 'test/kinds/mail')];
const [count, seed] = [Number(values.count), Number(values.seed)];
const run = JSON.stringify({ seed, folders });

/** How many inputs of the same run have been read before. */
function doneBefore(): number {
  if (!existsSync(values.state)) return 0;
  const state: unknown = JSON.parse(readFileSync(values.state, 'utf8'));
  if (typeof state !== 'object' || state === null || !('run' in state) || !('done' in state)) return 0;
  return state.run === run ? Number(state.done) : 0;
}

mkdirSync(dirname(values.state), { recursive: true });
const seeds = readSeeds(folders);
if (seeds.mail.length === 0) throw new Error(`there is no .eml file in ${folders.join(', ')}`);
const first = doneBefore();
const started = performance.now();
let reported = started;
let problems = 0;
for (let index = first; index < count; index += 1) {
  const kind: InputKind = index % 2 === 0 || seeds.html.length === 0 ? 'mail' : 'html';
  const input = mutate(seeds[kind], numbersFrom(seed * 1_000_003 + index));
  const problem = await problemOf(kind, input);
  if (problem !== undefined) {
    problems += 1;
    const file = join(dirname(values.state), `${seed}-${index}.${kind === 'mail' ? 'eml' : 'html'}`);
    writeFileSync(file, input, 'latin1');
    process.stdout.write(`${file} ${problem}\n`);
  }
  if (performance.now() - reported < 10_000 && index + 1 < count) continue;
  reported = performance.now();
  writeFileSync(values.state, JSON.stringify({ run, done: index + 1 }));
  const rate = ((index + 1 - first) / (reported - started)) * 1000;
  const leftMinutes = (count - index - 1) / rate / 60;
  process.stderr.write(
    `${index + 1} of ${count} (${Math.floor(((index + 1) / count) * 100)} %), ${Math.round(rate)} a second, ${Math.ceil(leftMinutes)} minutes left, ${problems} problems\n`,
  );
}
process.exitCode = problems > 0 ? 1 : 0;
