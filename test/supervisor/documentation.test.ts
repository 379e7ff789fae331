import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { extraKeys } from '../../src/supervisor/configuration/parse-program.ts';
import { processStates } from '../../src/supervisor/process/process-state.ts';
import { verbs } from '../../src/supervisor/control/run-control.ts';

const page = readFileSync(new URL('../../docs/supervisor.md', import.meta.url), 'utf8');
const [, commands = '', states = '', keys = ''] = page.split(/^## /m);

/** The words in backquotes, or bare words, that begin the rows of the tables of a section. */
function firstCells(section: string, pattern: RegExp): readonly string[] {
  return [...section.matchAll(pattern)].map(([, name = '']) => name).toSorted();
}

test('every command is on the page, and only those', () => {
  const rows =
    commands
      .match(/^\| `.*$/gm)
      ?.join('\n')
      .replaceAll(/\| [^`].*$/gm, '') ?? '';
  const names = [...new Set(rows.match(/`(\w+)/g))].map((name) => name.slice(1));
  assert.deepEqual(names.toSorted(), Object.keys(verbs).toSorted());
});

test('every state is on the page, and only those', () => {
  assert.deepEqual(firstCells(states, /^\| ([A-Z]+) \|/gm), Object.keys(processStates).toSorted());
});

test('every key of ours is on the page, and only those', () => {
  assert.deepEqual(firstCells(keys, /^\| `(x_\w+)` \|/gm), [...extraKeys].toSorted());
});
