import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { parse } from 'smol-toml';
import { grants } from '../../src/core/grants.ts';
import { createTokenCheck } from '../../src/safety/tokens/check-token.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runCommand } from './command-harness.ts';

const url = 'http://127.0.0.1:8001/mcp';

/**
 * What each client documents as the entry of a server over HTTP, the token written TOKEN, and a file that people have:
 * code.claude.com/docs/en/mcp, code.visualstudio.com/docs/copilot/reference/mcp-configuration, cursor.com/docs/mcp,
 * developers.openai.com/codex/mcp, geminicli.com/docs/tools/mcp-server, modelcontextprotocol.io/docs/develop/connect-local-servers.
 */
const documented = {
  claude: {
    file: '.claude.json',
    servers: 'mcpServers',
    entry: { type: 'http', url, headers: { Authorization: 'Bearer TOKEN' } },
    before:
      '{\n  "numStartups": 12,\n  "mcpServers": {\n    "other": { "type": "stdio", "command": "x" }\n  },\n  "projects": {"/a": {"allowedTools": []}}\n}\n',
  },
  vscode: {
    file: '.config/Code/User/mcp.json',
    servers: 'servers',
    entry: { type: 'http', url, headers: { Authorization: 'Bearer TOKEN' } },
    before:
      '{\n\t// Servers of mine.\n\t"servers": {\n\t\t"memory": {\n\t\t\t"command": "npx", // slow\n\t\t\t"args": ["-y", "x"],\n\t\t},\n\t},\n\t"inputs": []\n}\n',
  },
  cursor: {
    file: '.cursor/mcp.json',
    servers: 'mcpServers',
    entry: { url, headers: { Authorization: 'Bearer TOKEN' } },
    before: '{"mcpServers":{"other":{"command":"x"}}}',
  },
  codex: {
    file: '.codex/config.toml',
    servers: 'mcp_servers',
    entry: { url, http_headers: { Authorization: 'Bearer TOKEN' } },
    before: 'model = "gpt-5" # mine\n\n[mcp_servers.other]\ncommand = "x"\n\n[mcp_servers.other.env]\nA = "b"\n',
  },
  gemini: {
    file: '.gemini/settings.json',
    servers: 'mcpServers',
    entry: { httpUrl: url, headers: { Authorization: 'Bearer TOKEN' } },
    before: '{\r\n    "theme": "Dracula"\r\n}\r\n',
  },
} as const;
type Name = keyof typeof documented;
const names = Object.keys(documented) as Name[];

function userWith(t: TestContext) {
  const folder = temporaryFolder(t);
  const home = join(folder, 'gmail home');
  const environment = { HOME: folder, GMAIL_HOME: home };
  const run = (...words: string[]) => runCommand(words, environment);
  const fileOf = (name: Name) => join(folder, documented[name].file);
  const write = (name: Name, text: string = documented[name].before) => {
    mkdirSync(dirname(fileOf(name)), { recursive: true });
    writeFileSync(fileOf(name), text);
  };
  const read = (name: Name) => readFileSync(fileOf(name), 'utf8');
  return { folder, home, run, fileOf, write, read };
}

type Loose = Record<string, Record<string, unknown>>;

/** The configuration without comments and trailing commas, as its client understands it. */
function understood(name: Name, text: string): Loose {
  if (name === 'codex') return JSON.parse(JSON.stringify(parse(text))) as Loose;
  return JSON.parse(text.replaceAll(/\s\/\/ .*$/gm, '').replaceAll(/,(\s*[}\]])/g, '$1')) as Loose;
}

/** The token of the entry, and the entry with TOKEN for it. */
function entryIn(name: Name, text: string) {
  const entry = understood(name, text)[documented[name].servers]?.['gmail'];
  const token = /Bearer ([\w-]+)/.exec(JSON.stringify(entry))?.[1] ?? assert.fail(text);
  return { token, entry: JSON.parse(JSON.stringify(entry).replace(token, 'TOKEN')) as unknown };
}

describe('connect writes what the client documents', () => {
  for (const name of names) {
    test(`for ${name}, into a file that is not there yet, for its user alone`, async (t) => {
      const { run, fileOf, read, home } = userWith(t);
      const { code, stdout, stderr } = await run('connect', name);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^Connected /);
      const { token, entry } = entryIn(name, read(name));
      assert.deepEqual(entry, documented[name].entry);
      assert.equal(statSync(fileOf(name)).mode & 0o777, 0o600);
      const principal = createTokenCheck(join(home, 'data'), new Set(grants))(`Bearer ${token}`);
      assert.equal(principal?.name, `gmail-${name}`);
      assert.deepEqual([...(principal?.grants ?? [])].toSorted(), ['draft', 'organize', 'read', 'send']);
    });

    test(`for ${name}, beside what is there, kept in a copy, and disconnect takes it out again`, async (t) => {
      const { run, write, read, fileOf, home } = userWith(t);
      write(name);
      const { before, servers } = documented[name];
      assert.equal((await run('connect', name, '--grants', 'read')).code, 0);
      const { [servers]: all, ...others } = understood(name, read(name));
      const { [servers]: allBefore = {}, ...othersBefore } = understood(name, before);
      const { gmail, ...kept } = all ?? {};
      assert.notEqual(gmail, undefined);
      assert.deepEqual([kept, others], [allBefore, othersBefore]);
      const copies = () => readdirSync(dirname(fileOf(name))).filter((file) => file.endsWith('.bak'));
      const [copy = ''] = copies();
      assert.equal(readFileSync(join(dirname(fileOf(name)), copy), 'utf8'), before);
      const { token } = entryIn(name, read(name));

      assert.equal((await run('disconnect', name)).code, 0);
      assert.deepEqual(understood(name, read(name)), understood(name, before));
      for (const comment of before.match(/(?:\/\/|#) .*$/gm) ?? []) assert.ok(read(name).includes(comment), comment);
      assert.equal(createTokenCheck(join(home, 'data'), new Set(grants))(`Bearer ${token}`), undefined);
    });

    test(`for ${name} once: a second connect changes nothing`, async (t) => {
      const { run, write, read } = userWith(t);
      write(name);
      await run('connect', name);
      const once = read(name);
      const again = await run('connect', name);
      assert.match(again.stdout, /connected already/);
      assert.equal(read(name), once);
      const other = await run('connect', name, '--grants', 'read');
      assert.match(other.stdout, /^Connected /);
      assert.notEqual(entryIn(name, read(name)).token, entryIn(name, once).token);
      assert.equal(entryIn(name, read(name)).entry !== undefined, true);
    });

    test(`for ${name} nothing with --print`, async (t) => {
      const { run, fileOf, home } = userWith(t);
      const { code, stdout, stderr } = await run('connect', name, '--print');
      assert.equal(code, 0);
      assert.deepEqual(entryIn(name, stdout).entry, documented[name].entry);
      assert.ok(stderr.includes(fileOf(name)));
      assert.match(stderr, /gmail-llm token create gmail-\w+ --grants read,/);
      assert.ok(!existsSync(fileOf(name)) && !existsSync(home));
    });

    test(`for ${name} refuses a file that it cannot read, and leaves it`, async (t) => {
      const { run, write, read } = userWith(t);
      write(name, '{ "a": [1, }');
      const { code, stderr } = await run('connect', name);
      assert.equal(code, 5);
      assert.match(stderr, /CONFLICT: .* is not (?:a JSON object|TOML)\.[^]*nothing was changed/i);
      assert.equal(read(name), '{ "a": [1, }');
    });

    test(`for ${name} refuses to replace a server of somebody else`, async (t) => {
      const { run, write, read } = userWith(t);
      const { servers } = documented[name];
      const text =
        name === 'codex'
          ? `[${servers}.gmail]\nurl = "https://mcp.example.com/mcp"\n`
          : JSON.stringify({ [servers]: { gmail: { url: 'https://mcp.example.com/mcp' } } });
      write(name, text);
      for (const command of ['connect', 'disconnect']) {
        const { code, stderr } = await run(command, name);
        assert.equal(code, 5);
        assert.match(stderr, /another server named gmail[^]*--name gmail-llm/);
      }
      assert.equal(read(name), text);
      assert.equal((await run('connect', name, '--name', 'mail')).code, 0);
    });
  }
});

test('Claude Desktop starts a server of its own, with absolute paths and the grants that were chosen', async (t) => {
  const { folder, run, home } = userWith(t);
  assert.equal((await run('connect', 'desktop', '--grants', 'read')).code, 0);
  const file = join(folder, '.config/Claude/claude_desktop_config.json');
  const { mcpServers } = JSON.parse(readFileSync(file, 'utf8')) as {
    mcpServers: { gmail: { command: string; args: string[]; env: object } };
  };
  const { command, args, env } = mcpServers.gmail;
  assert.equal(command, process.execPath);
  assert.deepEqual(args, [join(import.meta.dirname, '../../bin/gmail-mcp-server.js'), '--stdio']);
  assert.deepEqual(env, { GMAIL_HOME: home, GMAIL_GRANTS: 'read' });
  assert.equal((await run('connect', 'desktop', '--name', 'small', '--toolsets', 'core,labels')).code, 0);
  const written = JSON.parse(readFileSync(file, 'utf8')) as { mcpServers: { small: { env: object } } };
  assert.deepEqual(written.mcpServers.small.env, { GMAIL_HOME: home, GMAIL_MCP_TOOLSETS: 'core,labels' });
  assert.equal((await run('disconnect', 'desktop', '--name', 'small')).code, 0);
  assert.match((await run('connect', 'desktop', '--grants', 'read')).stdout, /connected already/);
  const refused = await run('connect', 'desktop', '--accounts', 'a@example.org');
  assert.match(refused.stderr, /INVALID_INPUT: Claude Desktop starts a server of its own[^]*--accounts/);
  assert.equal((await run('disconnect', 'desktop')).code, 0);
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), {});
});

test('a client has the toolsets that were chosen, and is told which ones the server does not list', async (t) => {
  const { run, read, home } = userWith(t);
  const { code, stderr } = await run('connect', 'cursor', '--toolsets', 'core,labels');
  assert.equal(code, 0, stderr);
  assert.match(stderr, /with the grants read, organize, draft, send and the toolsets core, labels\./);
  assert.match(
    stderr,
    /does not list labels yet[^]*gmail-llm config set GMAIL_MCP_TOOLSETS core,labels && gmail-llm ctl/,
  );
  const { token } = entryIn('cursor', read('cursor'));
  const check = createTokenCheck(join(home, 'data'), new Set(grants));
  assert.deepEqual(check(`Bearer ${token}`)?.toolsets, new Set(['core', 'labels']));
  assert.match((await run('connect', 'cursor', '--toolsets', 'labels,core')).stdout, /connected already/);
  const fewer = await run('connect', 'cursor', '--toolsets', 'core');
  assert.match(fewer.stdout, /^Connected/);
  assert.doesNotMatch(fewer.stderr, /does not list/);
  assert.match((await run('token', 'list')).stdout, /^gmail-cursor\t.*\tall accounts\ttoolsets core\t/m);
  const printed = await run('connect', 'vscode', '--print', '--toolsets', 'sync', '--accounts', 'a@example.org');
  assert.match(printed.stderr, /token create gmail-vscode --grants \S+ --accounts a@example\.org --toolsets sync$/m);
});

describe('what people have in the file of a client stays byte for byte', () => {
  /** The kept file of each client (client-files/README.md has their pages), and the members that an entry may have there. */
  const kept = {
    vscode: ['vscode-user.jsonc', ['type', 'url', 'headers']],
    cursor: ['cursor-global.json', ['url', 'headers', 'auth']],
    desktop: ['claude-desktop.json', ['command', 'args', 'env']],
    codex: ['codex.toml', ['url', 'http_headers']],
  } as const;

  function readFree(client: keyof typeof kept, text: string): Loose {
    const plain = text.replace(/^\uFEFF/, '');
    if (client === 'codex') return JSON.parse(JSON.stringify(parse(plain))) as Loose;
    const bare = plain.replaceAll(/\s\/\*[^]*?\*\/|\s\/\/ .*$/gm, '').replaceAll(/,(\s*[}\]])/g, '$1');
    return JSON.parse(bare) as Loose;
  }

  for (const client of ['vscode', 'cursor', 'desktop', 'codex'] as const) {
    const [file, members] = kept[client];
    for (const [what, change] of [
      ['as it is', (text: string) => text],
      ['with the line ends of Windows', (text: string) => text.replaceAll('\n', '\r\n')],
      ['with a byte order mark', (text: string) => `\uFEFF${text}`],
      ['without a line end at its end', (text: string) => text.trimEnd()],
    ] as const) {
      test(`${client}, ${what}`, async (t) => {
        const { folder, run } = userWith(t);
        const { stdout } = await run('connect', '--json');
        const path = (JSON.parse(stdout) as { client: string; file: string }[]).find(
          (row) => row.client === client,
        )?.file;
        assert.ok(path !== undefined && path.startsWith(folder), path);
        const before = change(readFileSync(join(import.meta.dirname, 'client-files', file), 'utf8'));
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, before);
        const { code, stderr } = await run('connect', client);
        assert.equal(code, 0, stderr);
        const text = readFileSync(path, 'utf8');
        const servers = client === 'vscode' ? 'servers' : client === 'codex' ? 'mcp_servers' : 'mcpServers';
        const { gmail = {}, ...others } = readFree(client, text)[servers] ?? {};
        assert.deepEqual(others, readFree(client, before)[servers]);
        for (const member of Object.keys(gmail as object))
          assert.ok(
            members.some((one) => one === member),
            member,
          );
        // Each line is still there, in its order; a comma may have come to it.
        const lines = text.split('\n');
        let at = 0;
        for (const line of before.split('\n')) {
          const found = lines.findIndex(
            (other, index) => index >= at && (other === line || other.replace(',', '') === line),
          );
          assert.ok(found >= at, `${line}\n${text}`);
          at = found + 1;
        }
        assert.equal((await run('disconnect', client)).code, 0);
        assert.equal(readFileSync(path, 'utf8'), before);
      });
    }
  }
});

test('a file that is a link stays one', async (t) => {
  const { folder, run, fileOf, read } = userWith(t);
  mkdirSync(join(folder, 'dotfiles'));
  writeFileSync(join(folder, 'dotfiles/mcp.json'), '{}');
  mkdirSync(dirname(fileOf('cursor')));
  symlinkSync(join(folder, 'dotfiles/mcp.json'), fileOf('cursor'));
  assert.equal((await run('connect', 'cursor')).code, 0);
  assert.equal(readlinkSync(fileOf('cursor')), join(folder, 'dotfiles/mcp.json'));
  assert.deepEqual(entryIn('cursor', read('cursor')).entry, documented.cursor.entry);
});

test('a TOML file with the server in another form than a table is left as it is', async (t) => {
  const { run, write, read } = userWith(t);
  const text = `[mcp_servers]\ngmail = { url = "${url}" }\nother = { command = "x" }\n`;
  write('codex', text);
  assert.match((await run('connect', 'codex')).stderr, /in a form that cannot be changed safely/);
  assert.equal(read('codex'), text);
});

test('a server that needs no token is written without one', async (t) => {
  const { folder, home } = userWith(t);
  const environment = { HOME: folder, GMAIL_HOME: home, GMAIL_AUTH: 'none', GMAIL_MCP_PORT: '9001', GMAIL_HOST: '::1' };
  assert.equal((await runCommand(['connect', 'cursor'], environment)).code, 0);
  const text = readFileSync(join(folder, '.cursor/mcp.json'), 'utf8');
  assert.deepEqual(JSON.parse(text), { mcpServers: { gmail: { url: 'http://[::1]:9001/mcp' } } });
  assert.match((await runCommand(['connect', 'cursor'], environment)).stdout, /connected already/);
  for (const limit of [
    ['--grants', 'read'],
    ['--toolsets', 'core'],
  ]) {
    const refused = await runCommand(['connect', 'cursor', ...limit], environment);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /asks for no token \(GMAIL_AUTH=none\)/);
  }
});

test('without a client the clients are listed, with their files and whether they are connected', async (t) => {
  const { run, fileOf } = userWith(t);
  await run('connect', 'gemini');
  const rows = JSON.parse((await run('connect', '--json')).stdout) as {
    client: string;
    file: string;
    isConnected: boolean;
  }[];
  assert.deepEqual(
    rows.filter(({ isConnected }) => isConnected).map(({ client, file }) => [client, file]),
    [['gemini', fileOf('gemini')]],
  );
  assert.equal(rows.length, 6);
  assert.match((await run('connect')).stdout, /^cursor\tCursor\t–\t.*mcp\.json$/m);
});

for (const [words, code, pattern] of [
  [['connect', 'curser'], 2, /There is no such client[^]*got: curser[^]*cursor/],
  [['connect', 'cursor', 'vscode'], 2, /One client at a time/],
  [['connect', 'cursor', '--name', 'a b'], 2, /field: --name/],
  [['connect', 'cursor', '--grants', 'everything'], 2, /There is no such grant/],
  [['connect', 'cursor', '--toolsets', 'lables'], 2, /There is no such toolset[^]*Did you mean labels\?/],
  [['connect', 'cursor', '--expires', 'yesterday'], 2, /field: --expires/],
  [['connect', 'cursor', '--token', 'x'], 2, /Unknown option '--token'/],
  [['disconnect'], 2, /field: CLIENT/],
  [['disconnect', 'cursor'], 0, /^$/],
] as const) {
  test(`${words.join(' ')} is answered by ${code}, and nothing is written`, async (t) => {
    const { folder, run } = userWith(t);
    const finished = await run(...words);
    assert.equal(finished.code, code);
    assert.match(finished.stderr, pattern);
    assert.ok(!existsSync(join(folder, '.cursor')));
  });
}

test('the line for the Inspector has the address', async (t) => {
  const { run } = userWith(t);
  assert.ok((await run('connect', 'inspector')).stdout.includes(`--cli ${url} --transport http --header`));
});
