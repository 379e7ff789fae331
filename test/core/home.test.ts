import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import { fillHome, locateHome, packageFolder } from '../../src/core/home.ts';
import { processConfiguration } from '../../src/core/process-configuration.ts';
import { version } from '../../src/core/version.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('an empty home is filled, its data for nobody else to read', (t) => {
  const home = locateHome({ GMAIL_HOME: join(temporaryFolder(t), 'new') });
  fillHome(home);
  assert.equal(statSync(home.dataFolder).mode & 0o777, 0o700);
  assert.equal(statSync(home.runFolder).mode & 0o777, 0o700);
  assert.match(readFileSync(home.configurationFile, 'utf8'), /^\[program:gmail-mcp-server\]$/m);
});

test("a home's own files are left as they are", (t) => {
  const home = locateHome({ GMAIL_HOME: temporaryFolder(t) });
  writeFileSync(home.configurationFile, '; mine');
  fillHome(home);
  assert.equal(readFileSync(home.configurationFile, 'utf8'), '; mine');
});

test('a home that cannot be made is named, with a way out', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'file'), '');
  assert.throws(
    () => fillHome(locateHome({ GMAIL_HOME: join(folder, 'file', 'home') })),
    (error: unknown) =>
      error instanceof AppError && error.code === 'UNAVAILABLE' && error.message.includes(join(folder, 'file', 'home')),
  );
});

test('data that others could read is closed at the next start', (t) => {
  const home = locateHome({ GMAIL_HOME: temporaryFolder(t) });
  fillHome(home);
  chmodSync(home.dataFolder, 0o755);
  fillHome(home);
  assert.equal(statSync(home.dataFolder).mode & 0o777, 0o700);
});

test("the checkout's supervisord.conf is the one that new homes get", () => {
  assert.equal(readFileSync(join(packageFolder(), 'supervisord.conf'), 'utf8'), processConfiguration('checkout'));
});

test('the version is the one of package.json', () => {
  const manifest: unknown = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8'));
  assert.ok(typeof manifest === 'object' && manifest !== null && 'version' in manifest);
  assert.equal(version, manifest.version);
});
