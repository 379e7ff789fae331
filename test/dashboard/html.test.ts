import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as check, constantFrom, property, string } from 'fast-check';
import { parseFragment } from 'parse5';
import { html, renderHtml } from '../../src/dashboard/html/html.ts';

test('no text that is put into a template becomes markup or leaves its attribute', () => {
  const hostile = string({
    unit: constantFrom('<', '>', '"', "'", '&', '/', '=', ' ', 'a', '`', 'script', '\n'),
  });
  check(
    property(hostile, (text) => {
      const markup = renderHtml(html`<p title="${text}">${text}</p>`);
      const [paragraph, ...more] = parseFragment(markup).childNodes;
      assert.equal(more.length, 0);
      assert.ok(paragraph !== undefined && 'attrs' in paragraph);
      assert.deepEqual(
        paragraph.attrs.map(({ name, value }) => [name, value]),
        [['title', text]],
      );
      const [content] = paragraph.childNodes;
      assert.equal(content === undefined ? '' : 'value' in content ? content.value : undefined, text);
      assert.ok(paragraph.childNodes.length <= 1);
    }),
  );
});

test('markup stays markup, lists are joined, and what is not there shows nothing', () => {
  const items = ['a<b', 'c'].map((text) => html`<b>${text}</b>`);
  assert.equal(renderHtml(html`<i>${items}${undefined}${false}${0}</i>`), '<i><b>a&lt;b</b><b>c</b>0</i>');
});
