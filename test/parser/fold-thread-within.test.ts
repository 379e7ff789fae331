import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { foldThread, type ThreadText } from '../../src/mail/thread/fold-thread.ts';
import { foldThreadWithin } from '../../src/parser/fold-thread-within.ts';
import { parserProcess } from '../../src/parser/parser-process.ts';

after(() => parserProcess.stop());

const author = { name: 'Ann Lee', address: 'ann@example.org' };
const words = 'soup bread cheese apples pears plums tea coffee milk water salt pepper'.split(' ');

function story(lines: number): string {
  return Array.from(
    { length: lines },
    (_, index) => `Line ${index} about ${words[index % words.length]} and ${index * 7}.`,
  ).join('\n');
}

function answered(text: string): readonly ThreadText[] {
  const quote = text.replaceAll(/^/gm, '> ');
  return [
    { text, author, messageId: 'a@x', references: [] },
    {
      text: `Thanks!\n\nOn 2 Nov 2026 Ann Lee <ann@example.org> wrote:\n${quote}`,
      author,
      messageId: 'b@x',
      references: ['a@x'],
    },
  ];
}

test('folds a long thread in the parser process as it is folded in place, with all of what is behind its bounds', async () => {
  for (const lines of [20, 1200, 6000]) {
    const thread = answered(story(lines));
    const folded = await foldThreadWithin(thread, { deadlineMs: 60_000 });
    assert.ok(isDeepStrictEqual(folded, foldThread(thread)), `${lines} lines`);
    assert.ok((folded[1]?.foldedLines ?? 0) >= Math.min(lines, 1000), `${folded[1]?.foldedLines} of ${lines}`);
  }
});

test('leaves the texts whole where there is no time', async () => {
  const thread = answered(story(1200));
  const folded = await foldThreadWithin(thread, { deadlineMs: 0 });
  assert.deepEqual(
    folded,
    thread.map(({ text }) => ({ text, foldedLines: 0 })),
  );
});
