import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runCommand } from './command-harness.ts';

/** What people type wrong, the exit code, and what the answer has to say. */
const mistakes = [
  ['up --deatch', 2, /Unexpected argument for `up`[^]*expected: --detach\ngot: --deatch/],
  ['import', 2, /No path to import is named[^]*expected: gmail-llm import/],
  ['import /nonexistent', 2, /There is no \/nonexistent to import[^]*a file or a folder/],
  ['import --since 2015-13 /tmp', 2, /This is no date[^]*--since[^]*2015-03/],
  ['import --account ann /tmp', 2, /no e-mail address[^]*such as ann@example\.org\ngot: ann/],
  ['export --mbox --maildir x', 2, /One form has to be named[^]*--mbox\|--maildir\|--ndjson/],
  ['backup', 2, /One file has to be named[^]*backup \[--without-secrets\] FILE/],
  ['config set GMAIL_PORT 8080', 2, /no variable GMAIL_PORT[^]*expected: GMAIL_HOST[^]*hint: .*config list/],
  ['config set GMAIL_MCP_PORT eighty', 2, /expected: a port from 0 to 65535\ngot: eighty/],
  ['config set GMAIL_MCP_PORT', 2, /Unexpected argument for `config`[^]*set NAME VALUE/],
  ['connect claude desktop', 2, /One client at a time[^]*hint: Others take/],
  ['token create', 2, /A token has a name[^]*field: NAME[^]*got: nothing/],
  ['token create agent --grants reed', 2, /no such grant[^]*read, organize[^]*got: reed/],
  ['token revoke nobody', 4, /no token named nobody[^]*expected: [^]*got: nobody/],
  ['accounts frobnicate', 2, /no verb frobnicate[^]*rename ADDRESS NEW/],
  ['outbox approve', 2, /Which message\?[^]*hint: `gmail-llm outbox` lists them/],
  ['outbox show nosuch', 4, /no message nosuch[^]*hint: `gmail-llm outbox` lists them/],
  ['audit --since yesterday', 2, /This is no time[^]*90m, 12h, 7d/],
  ['audit --limit many', 2, /no number of entries[^]*a number from 1\ngot: many/],
  ['policy explain ann', 2, /to\.0: Invalid email address, got "ann"/],
  ['policy set', 2, /Unexpected argument for `policy set`[^]*set FILE/],
  ['policy frobnicate', 2, /no such verb[^]*explain ADDRESS/],
  ['webhook add not-a-url', 2, /no address for a webhook[^]*https:\/\/host\/path/],
  ['webhook test nosuch', 4, /no webhook nosuch[^]*webhook list/],
  ['webhook add https://127.0.0.1/ --kind nosuch', 2, /no such events[^]*messageAdded/],
  ['log-level nosuch debug', 2, /Unexpected SUBSYSTEM[^]*expected: all, accounts/],
  ['log-level gmail loud', 2, /Unexpected LEVEL[^]*debug, info, warn, error/],
  ['completion powershell', 2, /Which shell\?[^]*bash, zsh, fish/],
  ['emulate --port abc', 2, /--port takes a number[^]*0 to 65535/],
  ['login --client /nonexistent.json', 2, /no file \/nonexistent\.json[^]*Google Cloud console/],
  ['login --grants everything', 2, /no such grant[^]*got: everything/],
  ['sync --account x@example.org', 4, /no login of x@example\.org[^]*hint: .*login --account x@example\.org/],
  ['migrate --to mysql://x', 2, /names the other store, got mysql:\/\/x[^]*postgres:\/\/…\|sqlite/],
  ['call read_message --id ../../etc/passwd', 2, /expected a Gmail id, 1 to 16 lowercase hex digits, got "\.\./],
  ['call send_message --to nobody --body y', 2, /"nobody" is no address[^]*name@example\.org/],
  ['call search_messages --maxResults -5', 2, /maxResults: [^]*>=1, got -5/],
  ['call search_messages --q from:(ann', 2, /bracket opened at position 5 is not closed[^]*expected: a closing \)/],
  ['call create_draft --body-file /nonexistent', 2, /\/nonexistent cannot be read[^]*- for standard input/],
  ['open --nobrowser', 2, /Unexpected argument for `open`[^]*--no-browser/],
  ['doctor --fixx', 2, /Unexpected argument for `doctor`[^]*--json, --fix/],
  ['search', 2, /no command search[^]*Did you mean gmail-llm call search_messages\?/],
] as const;

for (const [line, code, says] of mistakes) {
  test(`gmail-llm ${line} says what failed, what was expected and what to do`, async (t) => {
    const result = await runCommand(line.split(' '), { GMAIL_HOME: join(temporaryFolder(t), 'home') });
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, says);
    assert.equal(result.stdout, '');
    assert.doesNotMatch(result.stderr, /^ +at /m, 'no stack');
  });
}
