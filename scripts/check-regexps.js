// Looks at the regular expressions of what reads strangers' text: none may take more than linear time, as an input of a
// megabyte can come to be matched. Fails with the ones that do. What has been decided once is in linear-regexps.json, as
// the same expression stays linear; `--update` writes it anew. Files named on the command line are looked at instead of all.
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';
import { check } from 'recheck';

const root = join(import.meta.dirname, '..');
const decidedFile = join(import.meta.dirname, 'linear-regexps.json');
const folders = 'core,dashboard,documents,events,gmail,local,mail,mcp,operations,parser,rest,safety,server,store';

/** Files whose expressions may be slow on long texts, and what keeps their texts short. */
const bounded = new Map([
  ['src/core/process-owner.ts', 'a lock file of ours'],
  ['src/core/settings.ts', 'the settings of the owner'],
  ['src/gmail/batch/decode-batch.ts', 'an answer of Google'],
  ['src/gmail/login/confirm-login.ts', 'an address that Google gives'],
  ['src/gmail/login/oauth-endpoints.ts', 'a setting of the owner'],
  ['src/local/demo/write-message.ts', 'mail of the demo mailbox'],
  ['src/local/demo/contents/newsletters.ts', 'mail of the demo mailbox'],
  ['src/mail/compose/parse-recipients.ts', 'recipients of a caller, bounded by the schema of the operation'],
]);

/** Calls back for every regular expression literal below a node. */
function eachRegexp(node, found) {
  if (Array.isArray(node)) for (const one of node) eachRegexp(one, found);
  else if (node !== null && typeof node === 'object') {
    if (node.type === 'Literal' && node.regex) found(node.regex);
    else for (const inner of Object.values(node)) eachRegexp(inner, found);
  }
}

/** The expressions of some files by how they are written, with the files that have them. */
function regexpsOf(files) {
  const regexps = new Map();
  for (const file of files) {
    const { program } = parseSync(file, readFileSync(join(root, file), 'utf8'));
    eachRegexp(program, ({ pattern, flags }) => {
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
const files = named.length > 0 ? named : globSync(`src/{${folders}}/**/*.ts`, { cwd: root }).toSorted();
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
