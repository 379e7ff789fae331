import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConfiguration, readOwnConfiguration } from '../../src/core/read-configuration.ts';
import { keepSharedSettings, readSharedSettings, settingsOf } from '../../src/core/shared-settings.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const GMAIL_STORE = 'postgres://me@db.lan/mail';
const store = 'db.lan/mail';

test('what all hosts share is nobody else’s own when a program hands its environment on', (t) => {
  const home = temporaryFolder(t);
  mkdirSync(join(home, 'data'));
  keepSharedSettings(home, store, new Map([['GMAIL_GRANTS', 'read,draft']]));
  const { environment, configuration } = readConfiguration({ GMAIL_STORE }, home);
  assert.deepEqual([...configuration.grants], ['read', 'draft']);
  assert.equal(readOwnConfiguration(environment, home).configuration.grants.has('send'), true);
  const now = settingsOf(store, new Map([['GMAIL_GRANTS', 'read']]));
  assert.deepEqual([...readConfiguration(environment, home, now).configuration.grants], ['read']);
});

test('the copy of what all hosts share is as it was, of its store alone', (t) => {
  const home = temporaryFolder(t);
  mkdirSync(join(home, 'data'));
  const values = new Map([
    ['GMAIL_GRANTS', 'read,\u2028draft\r\n\\n"\'\t '],
    ['GMAIL_LATER', ''],
  ]);
  keepSharedSettings(home, store, values);
  assert.deepEqual(readSharedSettings(home, GMAIL_STORE).values, values);
  assert.deepEqual(readSharedSettings(home, 'postgres://me@db.lan/other').values, new Map());
  assert.deepEqual(readSharedSettings(home, undefined).values, new Map());
});
