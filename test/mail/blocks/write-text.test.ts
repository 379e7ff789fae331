import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Block, Inline } from '../../../src/mail/blocks/block.ts';
import { LinkList, numbersByHost } from '../../../src/mail/blocks/link-list.ts';
import { writeText } from '../../../src/mail/blocks/write-text.ts';

const place = { quoteDepth: 0, indent: 0, gap: 1 };
const words = (text: string): readonly Inline[] => (text === '' ? [] : [{ kind: 'text', text }]);
const paragraph = (...content: readonly Inline[]): Block => ({ kind: 'paragraph', content, ...place });
const link = (target: string, text: string): Inline => ({ kind: 'link', target, text });

test('a row is one line, its empty cells keep their columns', () => {
  const row = (...cells: readonly string[]): Block => ({ kind: 'row', cells: cells.map(words), ...place, gap: 0 });
  assert.equal(
    writeText([row('', 'In', 'Out'), row('Mon', '', '17:00'), row('Tue', '9-12\n13-17', ''), row('', '', '')]),
    '| In | Out\nMon | | 17:00\nTue | 9-12 / 13-17',
  );
});

test('the further lines of an item stand below its first', () => {
  const item = (marker: string, text: string, indent: number): Block => ({
    kind: 'item',
    marker,
    content: words(text),
    ...place,
    indent,
    gap: 0,
  });
  assert.equal(
    writeText([item('-', 'one\ntwo', 0), item('10.', 'three\nfour', 1)]),
    '- one\n  two\n  10. three\n      four',
  );
});

test('links are numbered by their address, and their hosts are named once', () => {
  const links = new LinkList();
  const text = writeText(
    [
      paragraph(link('https://click.example/a', 'One'), ...words(' and '), link('https://click.example/b', 'two ')),
      paragraph(link('https://shop.example/', 'again'), ...words(', '), link('https://click.example/a', 'one again')),
      paragraph(link('mailto:ann@example.org?subject=x', 'Ann'), link('#top', ' up'), link('https://x.example', '')),
      paragraph(...words(`See https://long.example/${'x'.repeat(80)}.`)),
    ],
    { links },
  );
  assert.equal(
    text,
    'One [1] and two [2]\n\nagain [3], one again [1]\n\nAnn (ann@example.org) up\n\nSee long.example/… [4].',
  );
  assert.deepEqual(numbersByHost(links.targets), ['click.example 1-2', 'shop.example 3', 'long.example 4']);
  assert.equal(links.targets[3]?.url, `https://long.example/${'x'.repeat(80)}`);
});

const misleading: readonly (readonly [text: string, target: string, isMisleading: boolean])[] = [
  ['https://bank.example/login', 'https://evil.example/', true],
  ['Log in at www.bank.example now', 'https://evil.example/', true],
  ['bank.example', 'https://evil.example/', true],
  ['bänk.example', 'https://xn--bnk-qla.example/', false],
  ['bank.example', 'https://xn--bnk-qla.example/', true],
  ['bank.example', 'https://www.bank.example/deep', false],
  ['www.bank.example', 'https://click.bank.example/deep', false],
  ['report.pdf', 'https://files.example/', false],
  ['Node.js', 'https://nodejs.example/', false],
  ['read more', 'https://evil.example/', false],
];

for (const [text, target, isMisleading] of misleading) {
  test(`a link "${text}" to ${target} ${isMisleading ? 'says where it leads' : 'is not misleading'}`, () => {
    const links = new LinkList();
    const written = writeText([paragraph(link(target, text))], { links });
    assert.equal(
      links.targets.some((one) => one.isMisleading),
      isMisleading,
    );
    assert.equal(written.includes(': leads to '), isMisleading);
  });
}

test('without a list of links their addresses follow their words, each once', () => {
  assert.equal(
    writeText([paragraph(link('https://a.example/1', 'One'), ...words(' '), link('https://a.example/1', 'one'))]),
    'One (https://a.example/1) one',
  );
});
