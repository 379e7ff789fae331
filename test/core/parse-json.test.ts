import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { parseJson } from '../../src/core/parse-json.ts';

test('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 20 }), (text) => {
      assert.deepEqual(parseJson(text), JSON.parse(text));
    }),
  );
});

describe('brackets count', () => {
  for (const inText of ['[[[', '{"', '\\', '\\"[', '"\\\\"']) {
    test(`not inside a text: ${inText}`, () => {
      const text = JSON.stringify({ [inText]: inText.repeat(300) });
      assert.deepEqual(parseJson(text), JSON.parse(text));
    });
  }

  test('as keys only where they are', () => {
    const text = JSON.stringify({ a: ['a', 'a', { a: 'a', b: '":' }, '"a":1'], b: { a: 1 }, ':': ':', '"': '"' });
    assert.deepEqual(parseJson(text), JSON.parse(text));
  });

  test('for nothing where others have closed', () => {
    const text = JSON.stringify(Array.from({ length: 1000 }, () => [{}]));
    assert.deepEqual(parseJson(text), JSON.parse(text));
  });
});

const list = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('refuses', () => {
  for (const [name, text, reason] of [
    ['lists deeper than 100 levels', list(101), /more than 100 levels deep/],
    ['objects deeper than 100 levels', `${'{"a":'.repeat(101)}1${'}'.repeat(101)}`, /more than 100 levels deep/],
    ['four megabytes of brackets', list(2_000_000), /more than 100 levels deep/],
    ['what never closes', '['.repeat(4_000_000), /more than 100 levels deep/],
    ['more than 100,000 lists', `[${'[],'.repeat(100_000)}1]`, /more than 100000 lists/],
    ['a key twice', '{"a":1,"b":[{"a":1}],"a":2}', /the key "a" is there twice/],
    ['a key twice, written in two ways', '{"a":{"b\\u0063":1 , "bc" : 2}}', /the key "bc" is there twice/],
    ['what is no JSON', '{"a":', /JSON/],
    ['a text that does not end', '"\\"', /JSON/],
    ['nothing', '', /JSON/],
  ] as const) {
    test(name, () => {
      assert.throws(
        () => parseJson(text),
        (error: unknown) => error instanceof SyntaxError && reason.test(error.message),
      );
    });
  }

  test('but not 100 levels', () => {
    assert.doesNotThrow(() => parseJson(list(100)));
  });
});
