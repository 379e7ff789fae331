import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocksOfHtml } from '../../../src/mail/html/blocks-of-html.ts';
import { writeText } from '../../../src/mail/blocks/write-text.ts';
import { hidingTricks, showingTricks, trickDocument } from './tricks.ts';

const words = 'zebra quilted marmalade';

for (const trick of hidingTricks) {
  test(`leaves out what is hidden by ${trick[0]}`, () => {
    const { blocks, hiddenText, hiddenCharacters } = blocksOfHtml(trickDocument(trick, words));
    assert.doesNotMatch(writeText(blocks), /marmalade/);
    assert.match(`${hiddenText} ${hiddenCharacters}`, /marmalade|^ 0$/);
  });
}

test('shows and marks what is moved on a page that is too long to lay out', () => {
  const moved = `<p style="position:absolute;left:-9999px">${words}</p>${'<p>a b c d e f g h</p>'.repeat(60_000)}`;
  const { blocks, notes } = blocksOfHtml(moved);
  assert.match(writeText(blocks), /zebra quilted marmalade/);
  assert.match(notes.join('\n'), /characters shown may be hidden/);
});

test('reads a bounded part of what a style sheet generates', () => {
  const sheet = `<style>p::before{content:"${'x'.repeat(1000)}"}</style>`;
  const { blocks, notes } = blocksOfHtml(sheet + '<p>'.repeat(30_000));
  assert.ok(writeText(blocks).length < 200_000);
  assert.match(notes.join('\n'), /more characters of HTML were not read/);
});

test('keeps white text on the ground of a table that says it is lower than its content', () => {
  const cell = `<font color="#fff">${'line<br>'.repeat(40)}${words}</font>`;
  const { blocks } = blocksOfHtml(
    `<table bgcolor="#903" height="20"><tr><td><table height="4"><tr><td bgcolor="#fff">x</table>${cell}</table>`,
  );
  assert.match(writeText(blocks), /zebra quilted marmalade/);
});

test('gives the sides of a border other than the one that is reset their own colours', () => {
  const border = 'border-top:40px solid transparent;border-left-color:initial';
  const { blocks } = blocksOfHtml(
    `<p>Seen</p><div style="height:20px">${words}</div><div style="position:relative;margin-top:-20px;${border}"></div>`,
  );
  assert.match(writeText(blocks), /zebra quilted marmalade/);
});

for (const trick of showingTricks) {
  test(`shows what is seen in spite of ${trick[0]}`, () => {
    assert.match(writeText(blocksOfHtml(trickDocument(trick, words)).blocks), /zebra quilted marmalade/);
  });
}
