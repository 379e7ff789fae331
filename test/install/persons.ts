// `npm run test:persons`: what the developer, the person with an archive and the operator do, in a real terminal. Not part of
// `npm test`, as each starts a dozen programs one after the other.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mbox, message, writeFiles } from '../local/import/archives.ts';
import { newEnvironment } from '../support/installation.ts';
import { needsTmux, openTerminal } from '../support/terminal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const options = { ...needsTmux, timeout: 600_000 };

test(
  'a developer starts, waits for ready, connects an agent, searches, and stops all by Ctrl-C',
  options,
  async (t) => {
    const environment = await newEnvironment(t);
    const open = openTerminal(t, environment);
    const [servers, shell] = [open('servers'), open('shell')];
    servers.enter('gmail-llm up; echo "up ended with $?"');
    const greeting = await servers.until(/MCP[^]*Ctrl-C stops all/);
    assert.ok(greeting.includes(`http://127.0.0.1:${environment.GMAIL_MCP_PORT}/mcp`));

    assert.match(await shell.run('gmail-llm connect cursor'), /Connected Cursor: gmail in .*\.cursor\/mcp\.json/);
    const address = `http://127.0.0.1:${environment.GMAIL_API_PORT}/api/messages`;
    const counted = await shell.run(
      `curl -s "${address}?maxResults=3" -H "Authorization: Bearer $(gmail-llm token)" | grep -o '"subject"' | wc -l`,
    );
    assert.match(counted, /^3$/m);
    assert.match(await shell.run('gmail-llm call search_messages --maxResults 1'), /"subject"/);
    assert.match(await shell.run('gmail-llm ctl status'), /gmail-api-server +RUNNING /);
    assert.match(await shell.run('gmail-llm doctor'), /✓ gmail-mcp-server +ready at/);

    servers.press('C-c');
    await servers.until(/up ended with 0$/m);
    assert.ok(!existsSync(join(environment.GMAIL_HOME ?? '', 'run', 'supervisord.pid')));
    // As supervisorctl ends where no supervisor is.
    await shell.run('gmail-llm ctl status', 4);
  },
);

test('a person with an archive tries the import, imports, and an interrupted one goes on', options, async (t) => {
  const letters = Array.from({ length: 1500 }, (_, index) => message(`Letter ${index}`));
  const archive = join(writeFiles(temporaryFolder(t), { 'all.mbox': mbox(letters) }), 'all.mbox');
  const shell = openTerminal(t, await newEnvironment(t))('shell');
  assert.match(await shell.run(`gmail-llm import --dry-run ${archive}`), /1,500 messages found[^]*Nothing was stored/);
  const words = `gmail-llm import --account ann@example.org ${archive}`;
  shell.enter(`${words}; echo "import ended with $?"`);
  await shell.until(/\d+%/);
  shell.press('C-c');
  // On a fast machine it is through before.
  await shell.until(/import ended with (?:130|0)$/m);
  assert.match(await shell.run(words), /1,500 messages found[^]*Years: 2024[^]*Next: /);
  const found = await shell.run('gmail-llm call search_messages --q "letter 1499" --maxResults 1');
  assert.match(found, /"subject": "Letter 1499"/);
});

test(
  'an operator backs up a running home, restores it elsewhere, checks it, and keeps pipes quiet',
  options,
  async (t) => {
    const environment = await newEnvironment(t);
    const folder = temporaryFolder(t);
    const archive = writeFiles(folder, { 'mail.mbox': mbox([message('Kept')]) });
    const shell = openTerminal(t, environment)('shell');
    await shell.run(`gmail-llm import --account ann@example.org ${join(archive, 'mail.mbox')}`);
    await shell.run('gmail-llm up --detach');
    assert.match(await shell.run(`gmail-llm backup ${folder}/home.tar.zst`), /read back and compared/);
    await shell.run('gmail-llm ctl shutdown');
    const other = `GMAIL_HOME=${folder}/other gmail-llm`;
    const checked = await shell.run(`${other} restore ${folder}/home.tar.zst && ${other} check`);
    assert.match(checked, /ann@example\.org: 1 messages[^]*Everything is whole/);
    assert.doesNotMatch(await shell.run('gmail-llm help call | head -1'), /EPIPE|Error/);
    await shell.run('gmail-llm config set GMAIL_LOG_LEVEL warn');
    assert.match(readFileSync(join(environment.GMAIL_HOME ?? '', 'settings'), 'utf8'), /GMAIL_LOG_LEVEL=warn/);
  },
);
