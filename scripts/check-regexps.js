// Looks at the regular expressions of what reads strangers' text: none may take more than linear time, as an input of a
// megabyte can come to be matched. Fails with the ones that do. What has been decided once is in linear-regexps.json, as
// the same expression stays linear; `--update` writes it anew. Files named on the command line are looked at instead of all.
// Of `new RegExp(…)` the text is put together from the constants of its file; a name that is only known at run time counts as
// a word.
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';
import { check } from 'recheck';

const root = join(import.meta.dirname, '..');
const decidedFile = join(import.meta.dirname, 'linear-regexps.json');

/** Files whose expressions may be slow on long texts, and what keeps their texts short. */
const bounded = new Map([
  ['src/cli/backup/read-backup.ts', 'names in a backup of the owner, 100 characters each'],
  ['src/cli/connect/toml-servers.ts', 'the configuration of a client, by the owner'],
  ['src/emulator/control/faults.ts', 'rules of whoever tests'],
  ['src/emulator/http/split-multipart.ts', 'requests of whoever tests'],
  ['src/mail/gmail-methods.ts', 'paths of ours, one segment of an address for each parameter'],
  ['src/operations/kernel/repair-input.ts', 'patterns of schemas, which are looked at where they are written'],
  ['src/supervisor/configuration/read-ini.ts', 'the configuration of the owner'],
  ['src/supervisor/configuration/split-words.ts', 'the configuration of the owner'],
  ['src/core/process-owner.ts', 'a lock file of ours'],
  ['src/core/settings.ts', 'the settings of the owner'],
  ['src/gmail/batch/decode-batch.ts', 'an answer of Google'],
  ['src/gmail/login/confirm-login.ts', 'an address that Google gives'],
  ['src/gmail/login/oauth-endpoints.ts', 'a setting of the owner'],
  ['src/local/demo/write-message.ts', 'mail of the demo mailbox'],
  ['src/local/demo/contents/newsletters.ts', 'mail of the demo mailbox'],
  ['src/mail/compose/parse-recipients.ts', 'recipients of a caller, bounded by the schema of the operation'],
]);

/** Calls back for every node below one. */
function eachNode(node, found) {
  if (Array.isArray(node)) for (const one of node) eachNode(one, found);
  else if (node !== null && typeof node === 'object') {
    if (typeof node.type === 'string') found(node);
    for (const inner of Object.values(node)) eachNode(inner, found);
  }
}

/** What an expression of texts comes to, with the constants of its file; undefined for what is no text. */
function textOf(node, constants) {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type === 'Identifier')
    return constants.has(node.name) ? textOf(constants.get(node.name), constants) : 'word';
  if (node.type === 'MemberExpression') return 'word';
  const isRaw = node.type === 'TaggedTemplateExpression';
  if (isRaw && !(node.tag.object?.name === 'String' && node.tag.property?.name === 'raw')) return undefined;
  const { type, quasis, expressions } = isRaw ? node.quasi : node;
  if (type !== 'TemplateLiteral') return undefined;
  const inner = expressions.map((one) => textOf(one, constants));
  if (inner.includes(undefined)) return undefined;
  return quasis.map(({ value }, index) => (isRaw ? value.raw : value.cooked) + (inner[index] ?? '')).join('');
}

/** Calls back for every regular expression of a program, written or made; for one whose text is not known without it. */
function eachRegexp(program, found) {
  const constants = new Map();
  eachNode(program, (node) => {
    if (node.type !== 'VariableDeclaration' || node.kind !== 'const') return;
    for (const { id, init } of node.declarations) {
      const isText = ['Literal', 'TemplateLiteral', 'TaggedTemplateExpression'].includes(init?.type);
      if (id.type === 'Identifier' && isText) constants.set(id.name, init);
    }
  });
  eachNode(program, (node) => {
    if (node.type === 'Literal' && node.regex) found(node.regex);
    const isMade = node.type === 'NewExpression' || node.type === 'CallExpression';
    if (!isMade || node.callee.name !== 'RegExp') return;
    const [text, flags] = node.arguments;
    const pattern = text && textOf(text, constants);
    found({ pattern, flags: flags && (textOf(flags, constants) ?? '') });
  });
}

/** The expressions of some files by how they are written, with the files that have them. */
function regexpsOf(files) {
  const regexps = new Map();
  for (const file of files) {
    const { program } = parseSync(file, readFileSync(join(root, file), 'utf8'));
    eachRegexp(program, ({ pattern, flags = '' }) => {
      if (pattern === undefined)
        throw new Error(
          `${file}: what \`new RegExp\` is made of cannot be told: write it as a template of constants, or name the file in \`bounded\``,
        );
      // What has neither of these takes as long as it is, and most are such.
      if (!/[*+]|\{\d+,\}/.test(pattern)) return;
      const written = `/${pattern}/${flags}`;
      regexps.set(written, { pattern, flags, files: [...(regexps.get(written)?.files ?? []), file] });
    });
  }
  return regexps;
}

/** Matches texts made as `attack` says, each four times as long as the one before, and says where they take over 0.1 s. */
const attackProgram = `
  const { pattern, flags, attack: { pumps, suffix } } = JSON.parse(process.argv[1]);
  const regexp = new RegExp(pattern, flags.replace(/[gy]/g, ''));
  for (let characters = 2000; characters <= 512_000; characters *= 4) {
    const each = characters / pumps.length;
    const text = pumps.map(({ prefix, pump }) => prefix + pump.repeat(Math.ceil(each / pump.length))).join('') + suffix;
    const attempts = [1, 2, 3].map(() => {
      const { user } = process.cpuUsage();
      regexp.test(text);
      return process.cpuUsage().user - user;
    });
    if (Math.min(...attempts) > 100_000) { console.log('slow'); break; }
  }`;

/**
 * What is wrong with an expression; undefined where it is linear. Proven, or, where the prover gives up (it knows nothing of
 * looking ahead), by texts that are looked for to make it slow and then tried.
 */
async function faultOf({ pattern, flags }) {
  const proven = await check(pattern, flags, { checker: 'automaton', timeout: 4000 });
  if (proven.status === 'safe') return undefined;
  if (proven.status === 'vulnerable') return proven.complexity.summary;
  const { status, attack, complexity } = await check(pattern, flags, {
    checker: 'fuzz',
    timeout: 30_000,
    randomSeed: 1,
  });
  if (status === 'safe') return undefined;
  if (status === 'unknown') return 'not decided: write it more simply';
  const words = JSON.stringify({ pattern, flags, attack });
  const { stdout } = spawnSync(process.execPath, ['-e', attackProgram, '--', words], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return stdout === '' ? undefined : complexity.summary;
}

const words = process.argv.slice(2);
const isUpdate = words.includes('--update');
const named = words.filter((word) => word !== '--update').map((file) => relative(root, resolve(file)));
const files = named.length > 0 ? named : globSync('src/**/*.ts', { cwd: root }).toSorted();
const regexps = regexpsOf(files.filter((file) => !bounded.has(file)));
const decided = new Set(JSON.parse(readFileSync(decidedFile, 'utf8')));
const linear = [];
const slow = [];
for (const [written, regexp] of regexps) {
  const fault = decided.has(written) ? undefined : await faultOf(regexp);
  if (fault === undefined) linear.push(written);
  else slow.push(`${regexp.files.join(', ')}: ${written} is ${fault}`);
}
if (isUpdate)
  writeFileSync(
    decidedFile,
    `${JSON.stringify(
      linear.toSorted((a, b) => (a < b ? -1 : 1)),
      undefined,
      2,
    )}\n`,
  );
for (const line of slow) process.stdout.write(`${line}\n`);
process.stdout.write(`${regexps.size} regular expressions, ${slow.length} that are not linear\n`);
process.exitCode = slow.length > 0 ? 1 : 0;
