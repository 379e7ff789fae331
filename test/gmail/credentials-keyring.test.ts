import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import { openCredentialStore } from '../../src/gmail/credentials/open-credential-store.ts';
import { openSystemKeyring } from '../../src/gmail/credentials/system-keyring.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { account, loginOf } from './channel-parts.ts';

/** Puts a program before all others of its name, until the test is over. */
function installProgram(context: TestContext, name: string, script: string): string {
  const folder = join(temporaryFolder(context), 'bin');
  mkdirSync(folder);
  writeFileSync(join(folder, name), `#!/bin/sh\necho "$@" >> ${folder}/arguments\n${script}`, { mode: 0o755 });
  const path = process.env.PATH ?? '';
  process.env.PATH = `${folder}${delimiter}${path}`;
  context.after(() => {
    process.env.PATH = path;
  });
  return folder;
}

/** Behaves as secret-tool does: the secret on standard input and output, 1 without a word where there is none. */
const secretTool = `
kept="$(dirname "$0")/kept"
case "$1" in
  store) cat > "$kept" ;;
  lookup) [ -f "$kept" ] || exit 1; cat "$kept" ;;
esac
`;

/** Behaves as macOS's security does: commands on standard input with -i, exit code 44 where there is nothing. */
const security = `
kept="$(dirname "$0")/kept"
case "$1" in
  -i) sed -n 's/.*-w "\\(.*\\)"$/\\1/p' > "$kept" ;;
  find-generic-password) [ -f "$kept" ] || exit 44; cat "$kept" ;;
esac
`;

test('keeps the key in the keyring and never among the arguments of a program', async (t) => {
  const programs = installProgram(t, 'secret-tool', secretTool);
  const folder = temporaryFolder(t);
  const store = openCredentialStore(folder, { keyStore: 'keyring' });
  t.after(() => store.close());
  await store.save(loginOf());
  assert.ok(!existsSync(join(folder, 'gmail', 'key')));
  const kept = readFileSync(join(programs, 'kept'), 'utf8');
  assert.match(kept, /^[0-9a-f]{8}:[\w-]{43}$/);
  const words = readFileSync(join(programs, 'arguments'), 'utf8');
  assert.match(words, /^lookup service gmail-llm folder /);
  assert.ok(!words.includes(kept.slice(9)));
  const again = openCredentialStore(folder, { keyStore: 'keyring' });
  t.after(() => again.close());
  assert.deepEqual((await again.read(account)).credential, loginOf());
  await again.rotateKey();
  assert.deepEqual((await store.read(account)).credential, loginOf());
});

test('speaks to the keychain of macOS without the secret among the arguments', (t) => {
  const programs = installProgram(t, 'security', security);
  const keyring = openSystemKeyring('/Users/me/my "home"', 'darwin');
  assert.equal(keyring.load(), undefined);
  keyring.save('0123abcd:secret');
  assert.equal(keyring.load(), '0123abcd:secret');
  assert.ok(!readFileSync(join(programs, 'arguments'), 'utf8').includes('secret'));
});

test('says what to do where the keyring cannot be used', async (t) => {
  installProgram(t, 'secret-tool', 'echo "secret-tool: Cannot autolaunch D-Bus without X11 \\$DISPLAY" >&2; exit 1');
  const store = openCredentialStore(temporaryFolder(t), { keyStore: 'keyring' });
  t.after(() => store.close());
  await assert.rejects(
    async () => store.save(loginOf()),
    (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'UNAVAILABLE');
      assert.equal(
        error.message,
        'The Secret Service keyring cannot be used: secret-tool: Cannot autolaunch D-Bus without X11 $DISPLAY.',
      );
      assert.match(error.details.hint ?? '', /GMAIL_KEY_STORE=file/);
      return true;
    },
  );
  assert.deepEqual(await store.list(), []);
});

test('says which program is missing', (t) => {
  const path = process.env.PATH;
  process.env.PATH = temporaryFolder(t);
  t.after(() => {
    process.env.PATH = path;
  });
  assert.throws(() => openSystemKeyring('/home/me').load(), {
    code: 'UNAVAILABLE',
    message: 'The Secret Service keyring cannot be used: there is no program secret-tool.',
  });
});

test('sees that a keyring does not give back what it was given', (t) => {
  installProgram(t, 'secret-tool', '[ "$1" = store ] && cat > /dev/null; [ "$1" = lookup ] && echo other; exit 0');
  assert.throws(() => openSystemKeyring('/home/me').save('0123abcd:secret'), {
    code: 'UNAVAILABLE',
    message: 'The Secret Service keyring cannot be used: it does not give back what it was given.',
  });
});

const sessionProgram = 'dbus-run-session';
const missing = ['secret-tool', sessionProgram, 'gnome-keyring-daemon'].filter(
  (name) => spawnSync('which', [name]).status !== 0,
);

test(
  'works with the real Secret Service',
  {
    skip: missing.length > 0 && `needs ${missing.join(', ')}: apt install libsecret-tools dbus-daemon gnome-keyring`,
  },
  (t) => {
    const folder = temporaryFolder(t);
    const program = `
      import { openSystemKeyring } from ${JSON.stringify(join(import.meta.dirname, '../../src/gmail/credentials/system-keyring.ts'))};
      const keyring = openSystemKeyring('/home/me');
      const before = keyring.load();
      keyring.save('0123abcd:secret');
      keyring.save('4567abcd:other');
      console.log(JSON.stringify([before ?? null, keyring.load()]));`;
    const command = `printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null; exec "$0" --input-type=module -e "$1"`;
    const { stdout, stderr } = spawnSync(sessionProgram, ['--', 'sh', '-c', command, process.execPath, program], {
      encoding: 'utf8',
      timeout: 20_000,
      env: { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder },
    });
    assert.equal(stdout.trim(), '[null,"4567abcd:other"]', stderr);
  },
);
