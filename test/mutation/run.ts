/**
 * Tries every fault of all-faults.ts on a copy of the sources, and writes docs/mutation.md. `--only PATTERN` tries those
 * whose file or words match the regular expression. It can be interrupted at any time and goes on where it was: what is
 * known stands in the copy's folder under a hash of the fault, its file and its tests.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { allFaults } from './all-faults.ts';
import { withFault, type Fault } from './fault.ts';
import { killedShare, leastShare, reportPage, type Outcome } from './report.ts';
import { runTests } from './run-tests.ts';

const root = join(import.meta.dirname, '../..');
/** Long enough for a machine that does other things too. */
const leastLimitMs = 180_000;
/** Unchanged tests take less than a third of the limit, so that being late means the fault. */
const limitFactor = 5;

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const only = new RegExp(values.only ?? '', 'i');
const chosen = allFaults.filter(({ file, what }) => only.test(`${file} ${what}`));
if (chosen.length === 0) throw new Error(`no fault matches --only ${values.only}`);

const hashOf = (...texts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(texts)).digest('hex');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const folder = join(tmpdir(), `gmail-llm-mutation-${hashOf(root).slice(0, 12)}`);
const stateFile = join(folder, 'state.json');

const stateSchema = z.object({
  outcomes: z.record(z.string(), z.object({ isKilled: z.boolean(), by: z.string() })),
  /** How long unchanged tests took, in milliseconds. */
  unchangedMs: z.record(z.string(), z.number()),
});
type State = z.output<typeof stateSchema>;

function loadState(): State {
  if (!existsSync(stateFile)) return { outcomes: {}, unchangedMs: {} };
  return stateSchema.parse(JSON.parse(readFileSync(stateFile, 'utf8')));
}

function saveState(state: State): void {
  writeFileSync(`${stateFile}.new`, JSON.stringify(state));
  renameSync(`${stateFile}.new`, stateFile);
}

function copySources(): void {
  mkdirSync(folder, { recursive: true });
  for (const name of ['src', 'test', 'package.json', 'tsconfig.json']) {
    rmSync(join(folder, name), { recursive: true, force: true });
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  rmSync(join(folder, 'node_modules'), { force: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
}

const testsKey = ({ file, tests, pattern = '' }: Fault): string =>
  hashOf(pattern, read(file), ...tests, ...tests.map(read));
const faultKey = (fault: Fault): string => hashOf(testsKey(fault), fault.file, fault.find, fault.replace);

/** How long the tests take without the fault. Throws where they do not pass. */
async function unchangedMs(fault: Fault, state: State, signal: AbortSignal): Promise<number> {
  const key = testsKey(fault);
  const known = state.unchangedMs[key];
  if (known !== undefined) return known;
  const { end, tookMs, passed, failedTest, output } = await runTests(folder, fault, { limitMs: 600_000, signal });
  if (end !== 'passed' || passed === 0) {
    throw new Error(
      `The tests of "${fault.what}" have to pass without it, and ${passed} passed: ${end} ${failedTest}\n${output.slice(-3000)}`,
    );
  }
  state.unchangedMs[key] = tookMs;
  saveState(state);
  return tookMs;
}

async function tryFault(fault: Fault, state: State, signal: AbortSignal): Promise<Outcome> {
  const source = read(fault.file);
  const changed = withFault(source, fault);
  const limitMs = Math.max(leastLimitMs, limitFactor * (await unchangedMs(fault, state, signal)));
  const path = join(folder, fault.file);
  writeFileSync(path, changed);
  try {
    const { end, failedTest } = await runTests(folder, fault, { limitMs, signal });
    if (end === 'late') return { isKilled: true, by: `no end within ${Math.round(limitMs / 1000)} s` };
    return { isKilled: end === 'failed', by: end === 'failed' ? failedTest || 'the tests do not start' : '' };
  } finally {
    writeFileSync(path, source);
  }
}

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(name, () => stopping.abort(new Error('interrupted; the next run goes on from here')));
}

copySources();
const state = loadState();
const startedMs = performance.now();
let tried = 0;
for (const [index, fault] of chosen.entries()) {
  const key = faultKey(fault);
  if (state.outcomes[key] !== undefined) continue;
  const outcome = await tryFault(fault, state, stopping.signal);
  state.outcomes[key] = outcome;
  saveState(state);
  tried += 1;
  const perMinute = (tried / (performance.now() - startedMs)) * 60_000;
  const left = chosen.slice(index + 1).filter((other) => state.outcomes[faultKey(other)] === undefined).length;
  const verdict = outcome.isKilled ? 'killed' : 'SURVIVED';
  process.stderr.write(
    `${index + 1}/${chosen.length} ${verdict}: ${fault.file}: ${fault.what} (${perMinute.toFixed(1)} a minute, ${Math.ceil(left / perMinute)} min left)\n`,
  );
}

const results = allFaults.flatMap((fault) => {
  const outcome = state.outcomes[faultKey(fault)];
  return outcome === undefined ? [] : [[fault, outcome] as const];
});
const ofChosen = results.filter(([fault]) => chosen.includes(fault));
const unnamed = ofChosen.filter(([{ survives }, { isKilled }]) => isKilled === (survives !== undefined));
for (const [{ file, what }, { isKilled }] of unnamed) {
  process.stderr.write(
    isKilled
      ? `${file}: ${what}: is found now; take \`survives\` from the list\n`
      : `${file}: ${what}: survived; write the test that finds it, or say in \`survives\` why none can\n`,
  );
}
const share = killedShare(ofChosen);
process.stderr.write(`${Math.floor(share * 1000) / 10} % of ${ofChosen.length} faults killed\n`);
writeFileSync(join(root, 'docs/mutation.md'), reportPage(results, allFaults.length));
process.exitCode = share >= leastShare && unnamed.length === 0 ? 0 : 1;
