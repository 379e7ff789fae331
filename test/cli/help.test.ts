import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CommandDescription } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { nearestWord } from '../../src/core/did-you-mean.ts';
import { operations } from '../../src/operations/operations.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runCommand } from './command-harness.ts';

const environment = { GMAIL_HOME: '/nonexistent/home' };
const table = Object.entries(commands) as readonly (readonly [string, CommandDescription])[];

for (const words of [['--help'], ['-h'], ['help'], []]) {
  test(`gmail-llm ${words.join(' ')} lists every command with what it does`, async () => {
    const { code, stdout } = await runCommand(words, environment);
    assert.equal(code, 0);
    for (const [name] of table) assert.match(stdout, new RegExp(`^  ${name} `, 'm'), name);
    assert.ok(stdout.split('\n').every((line) => line.length <= 80));
  });
}

for (const [name, { forms, options, examples }] of table) {
  test(`help ${name}, ${name} --help and ${name} -h show its forms, options and examples`, async () => {
    const { code, stdout } = await runCommand(['help', name], environment);
    assert.equal(code, 0);
    for (const text of [...forms, ...Object.keys(options), ...examples]) assert.ok(stdout.includes(text), text);
    for (const words of [
      [name, '--help'],
      [name, '-h'],
      ['--help', name],
    ]) {
      assert.equal((await runCommand(words, environment)).stdout, stdout);
    }
  });
}

for (const operation of operations) {
  test(`call ${operation.name} --help shows each field with its type`, async () => {
    const { code, stdout } = await runCommand(['call', operation.name, '--help'], environment);
    assert.equal(code, 0);
    assert.ok(stdout.includes(`${operation.method} ${operation.path}; needs the grant ${operation.grant}`));
    const { properties = {}, required = [] } = operation.inputSchema;
    for (const field of Object.keys(properties)) assert.match(stdout, new RegExp(`^  --${field} \\S`, 'm'), field);
    const example = stdout.slice(stdout.indexOf('Example:'));
    for (const field of required) assert.ok(example.includes(`--${field} `), field);
  });
}

test('the page of commands has every command, form and option', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/commands.md'), 'utf8');
  const named = [...page.matchAll(/^## `gmail-llm ([\w-]+)`/gm)].map(([, name]) => name);
  assert.deepEqual(
    named,
    table.map(([name]) => name),
  );
  for (const [name, { forms, options }] of table) {
    const section = page.slice(page.indexOf(`## \`gmail-llm ${name}\``)).split('\n## ')[0] ?? '';
    for (const form of forms) assert.ok(section.includes(`gmail-llm ${form}\n`), form);
    for (const [option, meaning] of Object.entries(options)) {
      assert.ok(section.includes(`| \`${option.replaceAll('|', '\\|')}\` | ${meaning} |`), option);
    }
  }
});

const meant = [
  [['serach'], /Did you mean search\?|There is no command serach/],
  [['tokn'], /Did you mean token\?/],
  [['token', 'ceate', 'reader', '--grants', 'read'], /Did you mean create\? `gmail-llm token --help`/],
  [['token', 'create', 'reader', '--grant', 'read'], /Did you mean --grants\?/],
  [['config', 'lst'], /Did you mean list\?/],
  [['check', '--jsn'], /Did you mean --json\?/],
  [['sync', '--acount=me@example.org'], /Did you mean --account\?/],
  [['outbox', 'aprove', 'x'], /Did you mean approve\?/],
  [['doctr', '--json'], /Did you mean doctor\?/],
  [['help', 'impotr'], /Did you mean import\?/],
  [['call', 'serach_messages'], /Did you mean search_messages\?/],
  [['call', 'read-message', '--id', 'x'], /Did you mean read_message\?/],
] as const;
for (const [words, pattern] of meant) {
  test(`gmail-llm ${words.join(' ')} is refused with what was probably meant`, async (t) => {
    // Some make a home before they look at their words.
    const home = { GMAIL_HOME: join(temporaryFolder(t), 'home') };
    const { code, stderr } = await runCommand(words, home);
    assert.equal(code, 2);
    assert.match(stderr, pattern);
  });
}

test('nothing far away is suggested', () => {
  assert.equal(nearestWord('frobnicate', Object.keys(commands)), undefined);
  assert.equal(nearestWord('x', Object.keys(commands)), undefined);
});

test('a long value comes from a file or standard input only by an option made for it', async (t) => {
  const home = { GMAIL_HOME: join(temporaryFolder(t), 'home') };
  const file = join(temporaryFolder(t), 'letter.txt');
  writeFileSync(file, 'Dear Ann,\n\nthe roof is done.\n');
  const fields = ['--to', 'ann@example.org', '--subject', 'Roof'];
  const create = async (...body: readonly string[]) => {
    const { code, stdout, stderr } = await runCommand(['call', 'create_draft', ...fields, ...body], home);
    assert.equal(code, 0, stderr);
    const { message } = JSON.parse(stdout) as { message: { id: string } };
    const read = await runCommand(['call', 'read_message', '--id', message.id], home);
    return (JSON.parse(read.stdout) as { text: string }).text;
  };
  assert.match(await create('--body-file', file), /the roof is done\./);
  assert.match(await create('--body', `@${file}`), /@.*letter\.txt/);
  writeFileSync(`${file}.latin1`, Buffer.from('Das Dach ist fertig für Köln.', 'latin1'));
  const foreign = await runCommand(['call', 'create_draft', ...fields, '--body-file', `${file}.latin1`], home);
  assert.equal(foreign.code, 2);
  assert.match(foreign.stderr, /letter\.txt\.latin1 is not in UTF-8\.\nfield: --body-file\n.*hint: .*iconv/s);
  const missing = await runCommand(['call', 'create_draft', ...fields, '--body-file', `${file}.no`], home);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /field: --body-file\n.*got: .*letter\.txt\.no/s);
});

const shells = [
  ['bash', ['-n']],
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
] as const;
for (const [shell, words] of shells) {
  const program = [`/bin/${shell}`, `/usr/bin/${shell}`].find(existsSync);
  const skip = program === undefined ? `needs ${shell}: apt-get install -y ${shell}` : false;
  test(`the completion for ${shell} is a script that ${shell} takes`, { skip }, async (t) => {
    const { stdout } = await runCommand(['completion', shell], environment);
    const file = join(temporaryFolder(t), 'completion');
    writeFileSync(file, stdout);
    execFileSync(program ?? '', [...words, file]);
  });
}

test('completion in bash offers commands, operations and options', async (t) => {
  const { stdout } = await runCommand(['completion', 'bash'], environment);
  const file = join(temporaryFolder(t), 'completion');
  writeFileSync(file, stdout);
  const complete = (...words: readonly string[]): readonly string[] => {
    const script = `source ${file}; COMP_WORDS=(${words.join(' ')} ''); COMP_WORDS[${words.length - 1}]='${words.at(-1)}'; COMP_CWORD=${words.length - 1}; _gmail_llm; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('/bin/bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n');
  };
  assert.deepEqual(complete('gmail-llm', 'acc'), ['accounts']);
  assert.deepEqual(complete('gmail-llm', 'call', 'search_m'), ['search_messages']);
  assert.deepEqual(complete('gmail-llm', 'token', 'rev'), ['revoke']);
  assert.deepEqual(complete('gmail-llm', 'doctor', '--f'), ['--fix']);
});

const man = ['/usr/bin/groff', '/bin/groff'].find(existsSync);
test(
  'the manual page has every command and is roff without a fault',
  { skip: man === undefined ? 'needs groff: apt-get install -y groff-base' : false },
  async () => {
    const { stdout } = await runCommand(['man'], environment);
    const { stdout: text, stderr } = spawnSync(man ?? '', ['-man', '-Tutf8', '-ww'], {
      input: stdout,
      encoding: 'utf8',
    });
    assert.equal(stderr, '');
    for (const [, { summary }] of table)
      assert.ok(text.replaceAll(/\s+/g, ' ').includes(summary.replaceAll(/\s+/g, ' ').slice(0, 30)), summary);
  },
);
