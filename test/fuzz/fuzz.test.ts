import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { mutate, numbersFrom } from './mutate.ts';
import { readSeeds } from './seeds.ts';
import { problemOf, type InputKind } from './try-input.ts';

/** A few seconds' worth; `npm run fuzz` reads a million. */
const inputs = 400;

describe('mails and HTML documents changed by chance', () => {
  const seeds = readSeeds([join(import.meta.dirname, '../kinds/mail')]);

  for (const kind of ['mail', 'html'] satisfies InputKind[]) {
    it(`are read in time, without an error and without an unprintable character: ${kind}`, async () => {
      for (let index = 0; index < inputs; index += 1) {
        const input = mutate(seeds[kind], numbersFrom(index));
        const problem = await problemOf(kind, input);
        assert.equal(problem, undefined, `input ${index}: ${JSON.stringify(input.slice(0, 2000))}`);
      }
    });
  }

  it('are the same in every run, and other ones for another number', () => {
    assert.equal(mutate(seeds.mail, numbersFrom(1)), mutate(seeds.mail, numbersFrom(1)));
    assert.notEqual(mutate(seeds.mail, numbersFrom(1)), mutate(seeds.mail, numbersFrom(2)));
  });
});
