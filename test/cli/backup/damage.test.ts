import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { seedLogin } from '../../safety/seed-login.ts';
import { seedWebhook } from '../../safety/seed-webhook.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { done, runCommand } from '../command-harness.ts';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import { filledHome, owner } from './filled-home.ts';

/** Doctor asks Google for the time; here nobody answers. */
const noGoogle = { GMAIL_OAUTH_ROOT_URL: 'http://127.0.0.1:1/' };

const damages = {
  'cut in half': (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2)),
  emptied: (path: string) => truncateSync(path, 0),
  'overwritten with noise': (path: string) => {
    writeFileSync(
      path,
      Buffer.from(Array.from({ length: statSync(path).size }, (_, index) => (index * 7919 + 13) % 251)),
    );
  },
  missing: (path: string) => rmSync(path),
} as const;
type Damage = keyof typeof damages;

/** What nobody can notice, with the reason. */
const unnoticed: Readonly<Record<string, readonly Damage[]>> = {
  // Nothing else says that there was one; programs make a new one, and no mail is lost with it.
  'data/events.db': ['missing'],
  'data/webhooks.db': ['missing'],
  'data/token': ['missing'],
  // A restore of a backup without secrets has none either.
  'data/tokens.json': ['missing'],
  // Without a file the defaults hold, and what is left of a text of lines may be one of its own.
  'policy.json': ['missing'],
  settings: ['missing', 'cut in half', 'emptied'],
  'supervisord.conf': ['missing', 'cut in half'],
  // The next change writes it again.
  'audit-head.json': ['missing'],
};

/** A home with something of everything that is kept. */
async function homeOfEverything(t: Parameters<typeof filledHome>[0]): Promise<string> {
  const environment = { ...(await filledHome(t)), ...noGoogle, GMAIL_GRANTS: 'all' };
  const folder = environment.GMAIL_HOME;
  writeFileSync(join(folder, 'policy.json'), '{"sending": "direct"}\n');
  await done(['call', 'send_message', '--to', 'bob@example.org', '--subject', 'S', '--body', 'b'], environment);
  await done(['doctor', '--fix'], environment);
  await seedLogin(join(folder, 'data'), 'live@example.org');
  await seedWebhook(join(folder, 'data'), 'hook');
  return folder;
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile() && !/-(?:wal|shm)$/.test(path))
    .toSorted();
}

test('a damaged file of each kind is named by check or by doctor, and no use of the home touches it', async (t) => {
  const whole = await homeOfEverything(t);
  const files = filesOf(whole);
  assert.ok(files.length >= 14, files.join());
  for (const path of files) {
    for (const [damage, apply] of Object.entries(damages) as [Damage, (path: string) => void][]) {
      const folder = join(temporaryFolder(t), 'home');
      cpSync(whole, folder, { recursive: true, preserveTimestamps: true });
      apply(join(folder, path));
      const environment = { ...noGoogle, GMAIL_HOME: folder, GMAIL_ACCOUNT: owner };
      const left = damage === 'missing' ? undefined : readFileSync(join(folder, path));
      const report = await faultsOf(environment);
      const isNamed = report.some((text) => text.includes(path.split('/').at(-1) ?? ''));
      const isExpected = unnoticed[path]?.includes(damage) !== true;
      assert.equal(isNamed, isExpected, `${path} ${damage}: ${report.join('\n')}`);
      if (!isExpected) continue;
      for (const words of [['search_messages'], ['create_draft', '--to', 'b@example.org', '--body', 'x']]) {
        const { code, stderr } = await runCommand(['call', ...words], environment);
        assert.notEqual(code, 70, `${path} ${damage}: ${stderr}`);
      }
      if (path.endsWith('.db') && left !== undefined) {
        assert.deepEqual(readFileSync(join(folder, path)), left, `${path} ${damage} was written to`);
      }
    }
  }
});

/** What check and doctor say is wrong. */
async function faultsOf(environment: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const checked = await runCommand(['check', '--json'], environment);
  if (checked.code !== 0) return [checked.stdout, checked.stderr];
  const { stdout } = await runCommand(['doctor', '--json'], environment);
  const findings = JSON.parse(stdout) as Finding[];
  return findings.filter(({ state }) => state === 'fault').map(({ name, found }) => `${name}: ${found}`);
}
