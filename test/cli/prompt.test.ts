import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newEnvironment } from '../support/installation.ts';
import { needsTmux, openTerminal } from '../support/terminal.ts';

const options = { ...needsTmux, timeout: 300_000 };

test('at a prompt words are completed and corrected, and help has the width of the window', options, async (t) => {
  const shell = openTerminal(t, await newEnvironment(t))('shell');
  await shell.run('source <(gmail-llm completion bash)');
  for (const [typed, completed] of [
    ['gmail-llm conn', 'gmail-llm connect'],
    ['gmail-llm connect cur', 'gmail-llm connect cursor'],
    ['gmail-llm call search_m', 'gmail-llm call search_messages'],
  ] as const) {
    shell.press(typed, 'Tab');
    await shell.until(new RegExp(`${completed} ?$`, 'm'));
    shell.press('C-c');
  }
  assert.match(await shell.run('gmail-llm serach', 2), /There is no command serach\.[^]*call search_messages/);
  for (const columns of [100, 60]) {
    shell.resize(columns);
    for (const line of ['gmail-llm --help', 'gmail-llm call search_messages --help']) {
      const text = await shell.run(line);
      const longest = Math.max(...text.split('\n').map(({ length }) => length));
      assert.ok(longest <= columns, `${line}: a line of ${longest} in ${columns}`);
    }
  }
});
