// What every entry point does first, on any Node.js from 20 on: find a runtime that will do, then load the program.
import { existsSync, readFileSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const needed = [24, 21];
/** The exit code of a wrong configuration (sysexits' EX_CONFIG). */
const wrongConfiguration = 78;
/** In the environment of a program that was started again: it is not tried a second time. */
const relaunchedVariable = 'GMAIL_LLM_RELAUNCHED';

const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));

function refuse(reason) {
  process.stderr.write(`gmail-llm: ${reason}\n`);
  process.exit(wrongConfiguration);
}

function willDo() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > needed[0] || (major === needed[0] && minor >= needed[1]);
}

/** The Node.js that the package `node` brings, wherever npm has put it; undefined where its install script did not run. */
function broughtRuntime() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    const program = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

/** Runs this very command line on the runtime that the package brings, and ends as it ends. */
async function relaunch(runtime) {
  const { spawn } = await import('node:child_process');
  const child = spawn(runtime, process.argv.slice(1), {
    stdio: process.send === undefined ? 'inherit' : ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [relaunchedVariable]: process.versions.node },
  });
  // A terminal's Ctrl-C reaches the child by itself; sent once more it would count as the second one, which kills.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('message', (message) => process.send?.(message));
  child.on('disconnect', () => process.disconnect?.());
  child.on('error', (error) => refuse(`${runtime} cannot be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

/** Loads `dist/<name>.js`; `first` are arguments put before the caller's own. */
export async function launch(name, first = []) {
  const words = process.argv.slice(2);
  if (words.length === 1 && ['--version', '-V', 'version'].includes(words[0]) && first.length === 0) {
    process.stdout.write(`${JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')).version}\n`);
    return;
  }
  if (!willDo()) {
    const runtime = process.env[relaunchedVariable] === undefined ? broughtRuntime() : undefined;
    if (runtime !== undefined) {
      await relaunch(runtime);
      return;
    }
    refuse(
      `needs Node.js ${needed.join('.')} or later, this is ${process.versions.node}, and the one that the package brings is missing; run: npm rebuild node --allow-scripts=node (-g where it is installed so), or install it from https://nodejs.org`,
    );
  }
  delete process.env[relaunchedVariable];
  const dist = join(packageFolder, 'dist');
  const program = join(dist, `${name}.js`);
  if (!existsSync(program)) refuse(`${program} is missing; build it with: npm run build`);
  module.enableCompileCache(join(dist, '.compile-cache'));
  process.argv.splice(2, 0, ...first);
  await import(pathToFileURL(program).href);
}
