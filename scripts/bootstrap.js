// Runs one of the package's commands on the runtime that the package brings, installing and building first what is
// missing. It is started by whatever Node.js the machine has, so it keeps to what Node.js 20 understands and imports
// nothing that has to be installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tools = join(root, 'node_modules', '.bin');
const node = join(tools, 'node');

/** Steps of each command: a program of node_modules/.bin and its arguments. */
const commands = {
  start: [['node', 'bin/gmail-llm.js', 'up']],
  'start:mcp': [['node', 'bin/gmail-mcp-server.js']],
  'start:api': [['node', 'bin/gmail-api-server.js']],
  'start:dual': [['node', 'bin/gmail-llm.js', 'start-dual']],
  build: [],
  dev: [['node', 'scripts/dev.js']],
  // A test that hangs is one that failed; Node.js leaves one processor idle by itself. Files named on the command line are
  // run instead of all.
  test: [
    ['node', '--test', `--test-concurrency=${availableParallelism()}`, '--test-timeout=300000', '--test-reporter=spec'],
  ],
  'test:google': [['node', '--test', '--test-timeout=300000', '--test-reporter=spec', 'test/google/*.test.ts']],
  bundle: [['node', 'scripts/bundle.js']],
  'test:agents': [['node', '--test', '--test-reporter=spec', 'test/install/agents.ts']],
  'test:clients': [['node', '--test', '--test-reporter=spec', 'test/install/clients.ts']],
  'test:container': [['node', '--test', '--test-reporter=spec', 'test/install/container.ts']],
  'test:install': [['node', '--test', '--test-reporter=spec', 'test/install/installed.ts']],
  'test:persons': [['node', '--test', '--test-reporter=spec', 'test/install/persons.ts']],
  screenshots: [['node', 'scripts/screenshots.js']],
  check: [
    ['tsc', '--noEmit'],
    ['oxlint', '--type-aware', '--deny-warnings'],
    ['oxfmt', '--check', '.'],
    ['knip'],
    ['node', 'scripts/check-regexps.js'],
  ],
  bench: [['node', 'bench/bench.ts']],
  'bench:mailbox': [['node', 'bench/mailbox.ts']],
  'bench:page': [['node', 'bench/page.ts']],
  'bench:reading': [['node', 'bench/reading.ts']],
  'bench:live': [['node', 'bench/live.ts']],
  'bench:supervisor': [['node', 'bench/supervisor.ts']],
  'bench:events': [['node', 'test/end-to-end/delivery-delay.ts']],
  'soak:mirror': [['node', 'test/end-to-end/mirror-load.ts']],
  'soak:events': [['node', 'test/end-to-end/events-load.ts']],
  'soak:kills': [['node', 'test/store/kill-rounds.ts']],
  'bench:scale': [['node', 'bench/scale.ts']],
  'bench:visible': [['node', 'bench/visible.ts']],
  'test:attacks': [
    ['node', '--test', '--test-timeout=300000', '--test-reporter=spec', 'test/end-to-end/all-attacks.ts'],
  ],
  fuzz: [['node', 'test/fuzz/fuzz.ts']],
  'test:queries': [['node', 'test/local/query-load.ts']],
  'test:mutation': [['node', 'test/mutation/run.ts']],
};

const everyTest = 'test/**/*.test.ts';

function changedMs(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

function newestMs(folder) {
  const entries = readdirSync(join(root, folder), { recursive: true });
  return Math.max(...entries.map((entry) => changedMs(join(root, folder, String(entry)))));
}

function must(title, program, programArguments) {
  process.stderr.write(`gmail-llm: ${title}\n`);
  const { status, error } = spawnSync(program, programArguments, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  process.stderr.write(`gmail-llm: ${title} failed${error ? `: ${error.message}` : ''}; what it printed is above.\n`);
  process.exit(status ?? 1);
}

function install() {
  const installed = changedMs(join(root, 'node_modules', '.package-lock.json'));
  if (installed >= changedMs(join(root, 'package-lock.json')) && existsSync(node)) return;
  const npm = process.env.npm_execpath;
  const [program, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  must('installing packages (once)', program, [
    ...first,
    'ci',
    '--include=dev',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
}

function build() {
  const built = changedMs(join(root, 'dist', 'built'));
  const sources = Math.max(newestMs('src'), newestMs('scripts'), changedMs(join(root, 'package-lock.json')));
  if (built < sources) must('building', node, ['scripts/build.js']);
}

/** Runs the tests with a guard in every process: a run in which something reached out of this machine has failed. */
async function runGuarded(step, words) {
  const more = words.some((word) => !word.startsWith('-')) ? words : [...words, everyTest];
  const folder = mkdtempSync(join(tmpdir(), 'loopback-only-'));
  const report = join(folder, 'report');
  process.env.LOOPBACK_ONLY_REPORT = report;
  // Every test file is a process that reads the same sources: compiled once, each starts in two thirds of the time.
  process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'compiled-tests');
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --import=${pathToFileURL(join(root, 'test', 'support', 'loopback-only.js'))}`;
  const status = await run(step, more);
  const reached = existsSync(report) ? readFileSync(report, 'utf8') : '';
  rmSync(folder, { recursive: true });
  if (reached === '') return status;
  process.stderr.write(`gmail-llm: the tests tried to leave this machine:\n${reached}`);
  return status || 1;
}

function run([program, ...programArguments], more) {
  return new Promise((resolve) => {
    const child = spawn(join(tools, program), [...programArguments, ...more], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, PATH: `${tools}:${process.env.PATH ?? ''}` },
    });
    // Ctrl-C reaches the child by itself, as it shares the terminal; this process only has to outlive it.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    process.on('SIGHUP', () => child.kill('SIGHUP'));
    child.on('error', (error) => {
      process.stderr.write(`gmail-llm: ${program} cannot be started: ${error.message}\n`);
      resolve(1);
    });
    child.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

/** Runs the steps side by side, prints each one's output whole when it ends, and last of all what failed. */
async function runTogether(steps) {
  const ended = steps.map(async ([program, ...programArguments]) => {
    const child = spawn(join(tools, program), programArguments, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${tools}:${process.env.PATH ?? ''}` },
    });
    const printed = [];
    child.stdout.on('data', (chunk) => printed.push(chunk));
    child.stderr.on('data', (chunk) => printed.push(chunk));
    const status = await new Promise((resolve) => {
      child.on('error', (error) => {
        printed.push(Buffer.from(`${error.message}\n`));
        resolve(1);
      });
      child.on('close', (code) => resolve(code ?? 1));
    });
    process.stdout.write(`\n${program}: ${status === 0 ? 'ok' : 'FAILED'}\n${Buffer.concat(printed)}`);
    return { program, status };
  });
  const failed = (await Promise.all(ended)).filter(({ status }) => status !== 0);
  const names = failed.map(({ program }) => program).join(', ');
  process.stdout.write(failed.length === 0 ? '\ncheck: everything passed\n' : `\ncheck: FAILED: ${names}\n`);
  return failed.length === 0 ? 0 : 1;
}

const [name = '', ...more] = process.argv.slice(2);
const steps = commands[name];
if (steps === undefined) {
  process.stderr.write(`gmail-llm: unknown command ${name}; expected one of ${Object.keys(commands).join(', ')}\n`);
  process.exit(2);
}
install();
build();
if (name === 'check') process.exit(await runTogether(steps));
let worst = 0;
for (const step of steps) worst = Math.max(worst, await (name === 'test' ? runGuarded : run)(step, more));
process.exit(worst);
