import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { visibleHtml } from '../../../src/mail/compose/visible-html.ts';
import { parseHtml } from '../../../src/mail/html/parse-html.ts';

const harmless = new Set(
  'a abbr address b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr'.split(
    ' ',
  ),
);

/** Fails if anything in the HTML could act, fetch by style, or end an element that is not its own. */
function assertHarmless(html: string): void {
  const open: string[] = [];
  for (const [tag, slash, name = ''] of html.matchAll(/<(\/?)([a-z\d]+)[^>]*>/g)) {
    assert.ok(harmless.has(name), tag);
    if (slash === '/') assert.equal(open.pop(), name, html);
    else if (!/^(?:br|col|hr|img|wbr)$/.test(name)) open.push(name);
  }
  assert.deepEqual(open, []);
  parseHtml(html, {
    open: (_name, attributes) => {
      for (const [key, value] of Object.entries(attributes)) {
        assert.doesNotMatch(key, /^on|^id$|^srcset$|^action$/);
        if (key === 'href') assert.match(value, /^(?:https?|mailto|tel):/i);
        if (key === 'background') assert.match(value, /^https?:/i);
        if (key === 'src') assert.match(value, /^(?:https?:|cid:new$)/i);
        if (key === 'style') assert.doesNotMatch(value, /url|expression|position|[\\<>@]/i);
      }
    },
    text: () => undefined,
    close: () => undefined,
    abandonOpen: () => undefined,
  });
}

test('whatever the HTML, what is passed on is harmless and closed', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '=',
      ' ',
      '/',
      '<div',
      '<p>',
      '</p>',
      '</blockquote>',
      '</div>',
      '<table><tr><td>',
      '</td>',
      '<script>',
      '</script>',
      '<style>p{display:none}</style>',
      '<svg><a xlink:href="javascript:1">',
      '<math>',
      '<img src=x onerror=y>',
      '<img src="cid:old">',
      '<img src="cid:other">',
      '<a href="java\nscript:x">',
      '<a href="JAVASCRIPT:x">',
      '<a href=" https://e.org/?a&quot;onclick=&quot;x">',
      '<p style="background:url(//x)">',
      '<p style="position:fixed;top:0">',
      '<p style="color:red;width:expression(1)">',
      '<p style="a:b&quot;onload=x">',
      '<base href="//x">',
      '<td background="javascript:x">',
      '<td background="https://e.org/b.png">',
      '<meta http-equiv=refresh>',
      '<link rel=stylesheet href=//x>',
      '<object data=x>',
      '<template><b>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<textarea>',
      '<title>',
      '<noscript>',
      '&lt;script&gt;',
      '&#60;b&#62;',
      '\0',
      '<span style="display:none">',
      'text that is long enough to be seen',
    ),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      assertHarmless(visibleHtml(pieces.join(''), new Map([['old', 'new']])));
    }),
    { numRuns: 2000 },
  );
});

test('HTML that is nested deeply or very long is passed on in short time', () => {
  for (const html of [
    '<div>'.repeat(100_000),
    `${'<b><i>'.repeat(50_000)}text`,
    '<table><tr><td>'.repeat(30_000),
    `<p>${'x'.repeat(3_000_000)}</p>`,
    '<a href="https://e.org" '.repeat(50_000),
    `<p style="${'color:red;'.repeat(100_000)}">x</p>`,
  ]) {
    const start = performance.now();
    assertHarmless(visibleHtml(html));
    assert.ok(performance.now() - start < 10_000, html.slice(0, 30));
  }
});

test('what stands behind two million characters is counted', () => {
  assert.match(visibleHtml(`<p>${'x'.repeat(2_000_100)}</p>`), /<p>\[107 more characters of HTML\]<\/p>$/);
});

test('colours of a style sheet stay with the text', () => {
  const html =
    '<style>.dark{background-color:#000;color:#fff}</style><p class="dark" style="margin:0">White on black, to be read</p>';
  assert.equal(
    visibleHtml(html),
    '<p style="color:#ffffff;background-color:#000000;margin:0">White on black, to be read</p>',
  );
  assert.equal(
    visibleHtml('<body bgcolor="#000000"><font color="#ffffff">White on black, to be read</font></body>'),
    '<div bgcolor="#000000" style="background-color:#000000"><font color="#ffffff">White on black, to be read</font></div>',
  );
});

test('a picture of the message is found under its id, encoded or not', () => {
  const ids = new Map([['a@b c', 'new']]);
  assert.equal(visibleHtml('<img src="cid:a%40b%20c" alt="x &amp; y">', ids), '<img src="cid:new" alt="x &amp; y">');
  assert.equal(visibleHtml('<img src="CID:a@b c">', ids), '<img src="cid:new">');
  assert.equal(visibleHtml('<img src="cid:gone">', ids), '<img>');
});
