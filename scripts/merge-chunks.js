// Puts what a program reads at its start into one file: each file that Node.js finds, reads and links costs a millisecond.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** The first line of every bundled file; packages in CommonJS call `require`, ES modules have none of their own. */
export const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const importOfChunk = /import(?:\{([^{}]*)\}from)?"\.\/([^"]+)";/g;

/** The names of `a,b as c`, each as it is exported and as it is called here. */
function namesIn(list = '') {
  return list
    .split(',')
    .filter((one) => one !== '')
    .map((one) => one.split(' as '))
    .map(([exported, local = exported]) => ({ exported, local }));
}

/** The outputs that `entry` imports, and those that they import. */
function readAtStart(outputs, entry) {
  const found = new Set();
  const visit = (path) => {
    for (const { path: imported, kind } of outputs[path].imports) {
      if (kind !== 'import-statement' || found.has(imported) || outputs[imported] === undefined) continue;
      found.add(imported);
      visit(imported);
    }
  };
  visit(entry);
  return found;
}

/** Reads the merged files as they are, without their first line, and leaves dynamic imports alone. */
const ofChunks = {
  name: 'of-chunks',
  setup(plugin) {
    plugin.onResolve({ filter: /^\.\// }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
    plugin.onLoad({ filter: /\.js$/ }, ({ path }) => ({ contents: readFileSync(path, 'utf8').replace(banner, '') }));
  },
};

/**
 * Merges the chunks that the program `name` imports at its start into `<name>.start.js`, and lets every other file of its
 * build import from there. The program itself stays apart: it waits until it is stopped, and whoever imports it would too.
 */
export async function mergeStart({ root, dist, name, outputs, options }) {
  const entry = Object.keys(outputs).find((path) => basename(path) === `${name}.js`);
  const merged = readAtStart(outputs, entry);
  const start = `${name}.start.js`;
  const prefixes = new Map([...merged].map((path, index) => [basename(path), `c${index}$`]));
  /** What is imported of each merged chunk by files that stay. */
  const wanted = new Map([...prefixes.keys()].map((file) => [file, new Set()]));
  const rewritten = new Map();

  for (const [path, { imports }] of Object.entries(outputs)) {
    if (!path.endsWith('.js') || merged.has(path)) continue;
    if (imports.some(({ path: imported, kind }) => kind === 'dynamic-import' && merged.has(imported))) {
      throw new Error(`${path} imports dynamically what ${name} reads at its start`);
    }
    const text = readFileSync(join(root, path), 'utf8').replace(banner, '');
    const added = [];
    const body = text.replaceAll(importOfChunk, (statement, list, file) => {
      const prefix = prefixes.get(file);
      if (prefix === undefined) return statement;
      for (const { exported, local } of namesIn(list)) {
        wanted.get(file).add(exported);
        added.push(`${prefix}${exported} as ${local}`);
      }
      // As long as it was: the columns of the source map stay right.
      return ' '.repeat(statement.length);
    });
    const left = [...prefixes.keys()].find((file) => body.includes(`"./${file}"`));
    if (left !== undefined) throw new Error(`${path} imports ${left} in a way that is not understood`);
    const needsRequire = /\brequire\b/.test(body);
    const first = [
      ...(needsRequire ? [banner] : []),
      ...(added.length === 0 ? [] : [`import{${added.join(',')}}from"./${start}";`]),
    ];
    rewritten.set(path, first.join(' ') + body);
  }

  const contents = [...wanted].map(
    ([file, names]) =>
      `import './${file}'; export { ${[...names].map((one) => `${one} as ${prefixes.get(file)}${one}`).join(', ')} } from './${file}';`,
  );
  await build({
    ...options,
    splitting: false,
    metafile: false,
    outdir: undefined,
    outfile: join(dist, start),
    plugins: [ofChunks],
    banner: { js: banner },
    stdin: { contents: contents.join('\n'), resolveDir: dist },
  });
  for (const path of merged) {
    rmSync(join(root, path));
    rmSync(join(root, `${path}.map`), { force: true });
  }
  for (const [path, text] of rewritten) writeFileSync(join(root, path), text);
}
