// `npm run bundle`: what a registry of MCP servers and a desktop client are given. Writes `server.json` and an `.mcpb` bundle
// (https://github.com/modelcontextprotocol/mcpb) into `release/`, or into the folder that is named. With `--without-runtime`
// the bundle is small and runs on the client's own Node.js, which has to be 24.21 or later.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { crc32, deflateRawSync } from 'node:zlib';

const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  options: { 'without-runtime': { type: 'boolean' } },
  allowPositionals: true,
});
const target = resolve(positionals[0] ?? join(root, 'release'));
const hasRuntime = values['without-runtime'] !== true;
const description = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { name, mcpName, version, license } = description;
const title = 'Gmail for language models';
const summary = 'Read, search, organize and write Gmail, or mail imported from files, with rules on what may be sent.';

/** Settings that a client asks its user for; the others have defaults or come from the home. */
const settings = [
  { variable: 'GMAIL_HOME', key: 'home', title: 'Home', text: 'The folder that holds mail, settings and logs.' },
  {
    variable: 'GMAIL_BACKEND',
    key: 'backend',
    title: 'Backend',
    text: 'local (mail from files) or gmail (live account).',
  },
  { variable: 'GMAIL_GRANTS', key: 'grants', title: 'Grants', text: 'What agents may do: read,organize,draft,send.' },
  { variable: 'GMAIL_ACCOUNT', key: 'account', title: 'Account', text: 'The address used when a call names none.' },
];
const defaults = { home: '${HOME}/.gmail-llm', backend: 'local', grants: 'read,organize,draft', account: '' };

/** The tools that agents are shown with the settings as they are proposed, as the server itself lists them. */
function listTools() {
  const home = mkdtempSync(join(tmpdir(), 'gmail-llm-bundle-'));
  const info = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'bundle', version } };
  const lines = [
    { jsonrpc: '2.0', id: 1, method: 'initialize', params: info },
    { jsonrpc: '2.0', method: 'notifications/initialized' },
    { jsonrpc: '2.0', id: 2, method: 'tools/list', params: {} },
  ];
  try {
    const said = execFileSync(process.execPath, [join(root, 'bin/gmail-mcp-server.js'), '--stdio'], {
      env: { PATH: process.env.PATH, GMAIL_HOME: home, GMAIL_GRANTS: defaults.grants },
      input: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      stdio: ['pipe', 'pipe', 'ignore'],
      encoding: 'utf8',
    });
    const answers = said
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    const { tools } = answers.find(({ id }) => id === 2).result;
    return tools.map((tool) => ({ name: tool.name, description: tool.description.split('\n')[0] }));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function manifest() {
  return {
    manifest_version: '0.3',
    name,
    display_name: title,
    version,
    description: summary,
    author: { name: 'The authors of gmail-llm' },
    license,
    server: {
      type: 'node',
      entry_point: 'bin/gmail-mcp-server.js',
      mcp_config: {
        command: 'node',
        args: ['${__dirname}/bin/gmail-mcp-server.js', '--stdio'],
        env: Object.fromEntries(settings.map(({ variable, key }) => [variable, `\${user_config.${key}}`])),
      },
    },
    tools: listTools(),
    tools_generated: true,
    user_config: Object.fromEntries(
      settings.map(({ key, title: label, text }) => [
        key,
        {
          type: key === 'home' ? 'directory' : 'string',
          title: label,
          description: text,
          required: false,
          default: defaults[key],
        },
      ]),
    ),
    compatibility: {
      ...(hasRuntime ? { platforms: [process.platform] } : {}),
      runtimes: { node: hasRuntime ? description.engines.node : '>=24.21.0' },
    },
  };
}

function serverJson() {
  return {
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name: mcpName,
    title,
    description: summary,
    version,
    packages: [
      {
        registryType: 'npm',
        identifier: name,
        version,
        runtimeHint: 'npx',
        runtimeArguments: [
          { type: 'named', name: '--package', value: `${name}@${version}` },
          { type: 'positional', value: 'gmail-mcp-server' },
        ],
        packageArguments: [{ type: 'positional', value: '--stdio' }],
        environmentVariables: settings.map(({ variable, text }) => ({ name: variable, description: text })),
        transport: { type: 'stdio' },
      },
    ],
  };
}

function filesUnder(path) {
  const whole = join(root, path);
  if (!statSync(whole).isDirectory()) return [path];
  return readdirSync(whole, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** A zip archive (PKWARE's APPNOTE, sections 4.3.7, 4.3.12 and 4.3.16) with Unix permissions. */
function zip(files) {
  const pieces = [];
  const directory = [];
  let offset = 0;
  for (const { path, content, mode } of files) {
    const packed = deflateRawSync(content);
    const pathBytes = Buffer.from(path);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    // Names are UTF-8.
    common.writeUInt16LE(0x800, 2);
    common.writeUInt16LE(8, 4);
    // 1 January 2026, so that the same sources give the same bytes.
    common.writeUInt16LE(0x5c21, 8);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(pathBytes.length, 22);
    const entry = Buffer.alloc(46);
    entry.write('PK\x01\x02', 'latin1');
    entry.writeUInt16LE((3 << 8) | 20, 4);
    common.copy(entry, 6);
    entry.writeUInt32LE(((0o100000 | mode) << 16) >>> 0, 38);
    entry.writeUInt32LE(offset, 42);
    pieces.push(Buffer.from('PK\x03\x04', 'latin1'), common, pathBytes, packed);
    directory.push(entry, pathBytes);
    offset += 30 + pathBytes.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...pieces, central, end]);
}

const paths = [
  'package.json',
  'LICENSE',
  'README.md',
  'docs/policy.schema.json',
  ...filesUnder('bin'),
  ...filesUnder('dist').filter((path) => !path.endsWith('.map') && !path.includes('.compile-cache')),
  ...(hasRuntime ? ['node_modules/node/package.json', 'node_modules/node/bin/node'] : []),
];
const files = paths.map((path) => ({
  path: path.replaceAll('\\', '/'),
  content: readFileSync(join(root, path)),
  mode: (statSync(join(root, path)).mode & 0o111) === 0 ? 0o644 : 0o755,
}));
const manifestText = `${JSON.stringify(manifest(), null, 2)}\n`;
const archive = zip([{ path: 'manifest.json', content: Buffer.from(manifestText), mode: 0o644 }, ...files]);
mkdirSync(target, { recursive: true });
const bundle = `${name}-${version}${hasRuntime ? `-${process.platform}-${process.arch}` : ''}.mcpb`;
writeFileSync(join(target, bundle), archive);
writeFileSync(join(target, 'server.json'), `${JSON.stringify(serverJson(), null, 2)}\n`);
const sha256 = createHash('sha256').update(archive).digest('hex');
process.stdout.write(`${join(target, 'server.json')}\n${join(target, bundle)}\n${sha256}\n`);
