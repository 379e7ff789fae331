// What every entry point does first, on any Node.js: check that this one will do, then load the program.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const needed = [24, 21];
/** The exit code of a wrong configuration (sysexits' EX_CONFIG). */
const wrongConfiguration = 78;

function refuse(reason) {
  process.stderr.write(`gmail-llm: ${reason}\n`);
  process.exit(wrongConfiguration);
}

/** Loads `dist/<name>.js`; `first` are arguments put before the caller's own. */
export async function launch(name, first = []) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
    refuse(
      `needs Node.js ${needed.join('.')} or later, this is ${process.versions.node}; npm scripts and npx bring it, or install it from https://nodejs.org`,
    );
  }
  const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist');
  const program = join(dist, `${name}.js`);
  if (!existsSync(program)) refuse(`${program} is missing; build it with: npm run build`);
  module.enableCompileCache(join(dist, '.compile-cache'));
  process.argv.splice(2, 0, ...first);
  await import(pathToFileURL(program).href);
}
