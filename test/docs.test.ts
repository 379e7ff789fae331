import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { variables } from '../src/core/variables.ts';
import { errorCodes } from '../src/core/errors.ts';
import { operationTool } from '../src/mcp/operation-tool.ts';
import { operations } from '../src/operations/operations.ts';
import { testServices } from './mcp/test-operations.ts';

const page = (name: string) => readFileSync(join(import.meta.dirname, '..', name), 'utf8');

/** The first cell of each row of a page's tables that is one name in backquotes. */
function namesIn(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(/^\| `([^`|]+)` \|/gm)].map(([, name = '']) => name).filter((name) => pattern.test(name));
}

test('every variable is on the configuration page, and only those', () => {
  const names = namesIn(page('docs/configuration.md'), /^GMAIL_/).filter((name) => name !== 'GMAIL_HOME');
  assert.deepEqual(names.toSorted(), Object.keys(variables).toSorted());
});

test('every error code is on the configuration page with its status and exit code, and only those', () => {
  const rows = [...page('docs/configuration.md').matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \| (\d+) \|/gm)];
  assert.deepEqual(
    rows.map(([, code, status, exit]) => [code, Number(status), Number(exit)]),
    Object.entries(errorCodes).map(([code, { status, exit }]) => [code, status, exit]),
  );
});

test('every figure is on the telemetry page with its labels, and only those', () => {
  const sources = readdirSync(join(import.meta.dirname, '../src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('supervisor'))
    .map((file) => page(`src/${file}`));
  const figures = sources.flatMap((source) =>
    [...source.matchAll(/'((?:gmail_llm|process)_[a-z_]+)'/g)].map(([, name = '']) => name),
  );
  assert.ok(figures.length > 15);
  assert.deepEqual(namesIn(page('docs/telemetry.md'), /^(?:gmail_llm|process)_/).toSorted(), figures.toSorted());
});

test('every route is on the REST page with its operation and its grant', () => {
  const text = page('docs/rest.md');
  for (const { name, method, path, grant } of operations) {
    const row = text.split('\n').find((line) => line.includes(`\`${name}\``));
    assert.ok(row, name);
    assert.ok(row.startsWith(`| \`${method} ${path}`), row);
    assert.ok(row.endsWith(`| ${grant} |`), row);
  }
});

test('every operation is on the backends page once, in the order of the operations', () => {
  assert.deepEqual(
    namesIn(page('docs/backends.md'), /./),
    operations.map(({ name }) => name),
  );
});

test('the MCP page says of every toolset what listing it costs a model', () => {
  const text = page('docs/mcp.md');
  const services = testServices();
  for (const toolset of new Set(operations.flatMap(({ toolset }) => toolset ?? []))) {
    const tools = operations.filter((operation) => operation.toolset === toolset);
    const listed = tools.map((operation) => operationTool(operation, services).listed());
    const tokens = encode(JSON.stringify(listed)).length;
    const [, shown = ''] = new RegExp(`^\\| \`${toolset}\` \\| .* \\| ([\\d,]+) \\|$`, 'm').exec(text) ?? [];
    const stated = Number(shown.replace(',', ''));
    assert.ok(Math.abs(stated - tokens) <= tokens / 10, `${toolset}: the page says ${shown}, it is ${tokens}`);
  }
});

test('the pages that the README names are there', () => {
  for (const [, name = ''] of page('README.md').matchAll(/\]\(([\w/.-]+\.md)\)/g))
    assert.ok(page(name).length > 0, name);
});

test('what people expect is tested where its page says, row by row, by a file that a run of tests starts', () => {
  const rows = page('docs/expectations.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| expected |') && !line.startsWith('| ---'));
  assert.ok(rows.length > 40);
  const runner = page('scripts/bootstrap.js');
  const suite = readdirSync(join(import.meta.dirname), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => page(`test/${file}`))
    .join('\n');
  for (const row of rows) {
    const where = row.split(' | ').at(-1) ?? '';
    const files = [...where.matchAll(/`(test\/[\w/.-]+\.ts)`/g)].map(([, file = '']) => file);
    assert.ok(files.length > 0, row);
    for (const file of files) {
      assert.match(page(file), /\b(?:test|it)\(/, file);
      const [, script] = /`npm run ([\w:]+)`/.exec(where) ?? [];
      const isStarted =
        script === undefined
          ? file.endsWith('.test.ts') || suite.includes(`/${file.split('/').at(-1)}'`)
          : runner.includes(`'${script}': [['node', `) && runner.includes(file);
      assert.ok(isStarted, `nothing starts ${file}: ${row}`);
    }
  }
});
