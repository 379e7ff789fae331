import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { differences, noIdentities } from './compare-answers.ts';
import { assertKnown } from './known-differences.ts';
import { readExchange } from './read-samples.ts';
import { openReplayWorld } from './replay-world.ts';
import { pathOf, replays } from './replays.ts';

suite('an exchange that was recorded with Google goes the same way with the emulator', () => {
  const names = readdirSync(join(import.meta.dirname, 'recorded'))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length));

  test('and none is left out', () => {
    assert.equal(names.length, 54);
    assert.deepEqual(Object.keys(replays).toSorted(), names.toSorted());
  });

  for (const name of names) {
    test(name, async (t) => {
      const exchange = readExchange(name);
      const { build, settings, isMetadataOnly = false, request: other } = replays[name] ?? {};
      const world = await openReplayWorld(t, settings);
      const ids = (await build?.(world)) ?? {};
      const request = exchange.request ?? other ?? assert.fail(`${name} has no request`);
      const { params = {}, data } = { params: undefined, data: undefined, ...request };
      const query = new URLSearchParams(
        Object.entries(params).map(([key, value]): [string, string] => [key, ids[value] ?? value]),
      );
      const target = `${pathOf(request.path, ids)}${query.size === 0 ? '' : `?${query.toString()}`}`;
      const body = data === undefined ? undefined : JSON.parse(pathOf(JSON.stringify(data), ids));
      const token = isMetadataOnly ? world.metadataToken : world.emulator.account.accessToken;
      const answer = await world.emulator.call(request.method, target, { body, token });
      const ours = { status: answer.status, response: answer.text === '' ? '' : answer.json };
      const theirs = { status: exchange.status, response: exchange.response };
      const identities = noIdentities();
      for (const [recorded, made] of Object.entries(ids)) {
        if (!/^[\da-f]{16}$/.test(recorded)) continue;
        identities.ours.set(`message ${recorded}`, made);
        identities.theirs.set(`message ${made}`, recorded);
      }
      assertKnown(name, differences(theirs, ours, identities));
    });
  }
});
