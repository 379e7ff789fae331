// Bundles each entry point into dist/, so that starting a server reads a few files instead of hundreds.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { banner, mergeStart } from './merge-chunks.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const entryPoints = ['gmail-llm', 'gmail-mcp-server', 'gmail-api-server', 'gmail-dashboard', 'parser-process'];
/** Threads of a program: they share its code. */
const threads = { 'gmail-llm': ['import-reader'] };

/** Node's own modules of which most starts need nothing: their functions read them when they are called. */
const rarelyUsed = new Set(['node:child_process', 'node:dns', 'node:tls', 'node:zlib']);

/**
 * A module that has of one of Node's own what is imported from it, and nothing else. An `import` of Node's evaluates every
 * export that it has, and among those of `node:http` is a WebSocket client: 40 ms and 13 MB at the start of every process,
 * for nothing. What nobody imports is shaken off.
 */
function exportsOf(path) {
  const builtin = `process.getBuiltinModule(${JSON.stringify(path)})`;
  const own = Object.getOwnPropertyDescriptors(process.getBuiltinModule(path));
  const names = Object.keys(own).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== 'default');
  const isLazy = (name) =>
    rarelyUsed.has(path) &&
    /^[a-z]/.test(name) &&
    typeof own[name].value === 'function' &&
    own[name].value[promisify.custom] === undefined;
  return [
    `const all = /* @__PURE__ */ ${builtin};`,
    'export default all;',
    ...names.map((name, index) =>
      isLazy(name)
        ? `const v${index} = (...given) => ${builtin}.${name}(...given);`
        : `const v${index} = /* @__PURE__ */ (() => all.${name})();`,
    ),
    `export { ${names.map((name, index) => `v${index} as ${name}`).join(', ')} };`,
  ].join('\n');
}

/** Reads Node's own modules as `require` would, and of each only what is asked for. */
const lazyBuiltins = {
  name: 'lazy-builtins',
  setup(plugin) {
    plugin.onResolve({ filter: /^node:/ }, ({ path, kind }) => ({
      path,
      namespace: kind === 'import-statement' ? 'builtin-exports' : 'builtin',
    }));
    plugin.onLoad({ filter: /.*/, namespace: 'builtin-exports' }, ({ path }) => ({ contents: exportsOf(path) }));
    plugin.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

const lightSdk = {
  name: 'light-sdk',
  setup(plugin) {
    plugin.onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, () => ({
      path: join(root, 'scripts', 'sdk-shims.js'),
    }));
  },
};

rmSync(dist, { recursive: true, force: true });
const common = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  // Parts that are used rarely stay files of their own and are read when they are used.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  plugins: [lazyBuiltins, lightSdk],
  // What `main` names of it passes its own `require` on, which no bundler can follow.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  minifyWhitespace: true,
  minifySyntax: true,
  banner: { js: banner },
};
// Each apart: a chunk that several share would hold what only one of them needs at its start.
const built = await Promise.all(
  entryPoints.map(async (name) => {
    const programs = [name, ...(threads[name] ?? [])].map((program) => `src/bin/${program}.ts`);
    const options = { ...common, entryPoints: programs, chunkNames: `${name}.[name]-[hash]` };
    const { metafile } = await build(options);
    const { entryPoints: _, chunkNames: __, ...others } = options;
    await mergeStart({ root, dist, name, outputs: metafile.outputs, options: others });
    return metafile;
  }),
);

mkdirSync(join(dist, 'docs'));
for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js', 'LICENSE']) {
  copyFileSync(join(root, 'node_modules', 'swagger-ui-dist', name), join(dist, 'docs', name));
}
mkdirSync(join(dist, 'dashboard'));
for (const name of ['style.css', 'page.js', 'icon.svg']) {
  copyFileSync(join(root, 'src', 'dashboard', 'assets', name), join(dist, 'dashboard', name));
}
/** The licence of a package as it ships it, which whoever passes its code on has to pass on too. */
function licenceOf(name) {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return [`${name} ${version} (${license})`, ...texts].join('\n\n');
}

const bundled = built
  .flatMap(({ inputs }) => Object.keys(inputs))
  .map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
const names = [...new Set([...bundled, 'swagger-ui-dist'])].filter((name) => name !== undefined).toSorted();
writeFileSync(join(dist, 'THIRD-PARTY-LICENCES.txt'), `${names.map(licenceOf).join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
writeFileSync(join(dist, 'gmail-llm.1'), execFileSync(process.execPath, [join(dist, 'gmail-llm.js'), 'man']));
writeFileSync(join(dist, 'built'), '');
