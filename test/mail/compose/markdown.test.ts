import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { markdownToHtml } from '../../../src/mail/compose/markdown-to-html.ts';
import { parseHtml } from '../../../src/mail/html/parse-html.ts';

test('Markdown becomes HTML, a line break stays one', () => {
  const cases: Readonly<Record<string, string>> = {
    'Dear **Ann**,\nsee *you*': '<p>Dear <strong>Ann</strong>,<br>see <em>you</em></p>',
    '- a\n- b': '<ul>\n<li>a</li>\n<li>b</li>\n</ul>',
    '1. a\n2. b': '<ol>\n<li>a</li>\n<li>b</li>\n</ol>',
    '# Title': '<h1>Title</h1>',
    '`a < b`': '<p><code>a &lt; b</code></p>',
    '> quote': '<blockquote>\n<p>quote</p>\n</blockquote>',
    '[site](https://example.org/?a=1&b=2 "the \\"site\\"")':
      '<p><a href="https://example.org/?a=1&amp;b=2" title="the &quot;site&quot;">site</a></p>',
    'https://example.org/x': '<p><a href="https://example.org/x">https://example.org/x</a></p>',
    'ann@example.org': '<p><a href="mailto:ann@example.org">ann@example.org</a></p>',
    '![logo](cid:logo@x)': '<p><img src="cid:logo@x" alt="logo"></p>',
    '![chart](https://example.org/c.png)': '<p><a href="https://example.org/c.png">chart</a></p>',
    'a & b < c > d': '<p>a &amp; b &lt; c &gt; d</p>',
  };
  for (const [source, expected] of Object.entries(cases)) assert.equal(markdownToHtml(source), expected);
});

test('HTML in Markdown is shown as text', () => {
  for (const html of [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<b onclick="x">y</b>',
    '<!-- c -->',
    '<div>\n\n**x**\n\n</div>',
    '<?php x ?>',
    '<![CDATA[x]]>',
    '<a href="https://example.org" onclick="x">x</a>',
  ]) {
    const result = markdownToHtml(`before ${html} after\n\n${html}`);
    assert.doesNotMatch(result, /<(?!\/?(?:p|strong|br|a)\b)/, html);
    assert.match(result, /&lt;/, html);
  }
});

test('a link leads to the web or to an address, anything else is text', () => {
  for (const address of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:x',
    'java\tscript:x',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    '//example.org',
    '/path',
    '#top',
    'cid:x',
    'blob:x',
    '&#106;avascript:x',
    'javascript&colon;x',
  ]) {
    const result = markdownToHtml(
      `[text](<${address}>) and ![picture](<${address}>) and <${address}>\n\n[ref]\n\n[ref]: <${address}>`,
    );
    assert.doesNotMatch(result, /href=/, address);
    assert.match(result, /text/, address);
  }
});

const allowedElements = new Set(
  'p br strong em del code pre ul ol li h1 h2 h3 h4 h5 h6 blockquote hr a img table thead tbody tr th td'.split(' '),
);
const allowedAttributes = new Set('href title src alt start class border cellpadding style align'.split(' '));

test('whatever the Markdown, the HTML holds only harmless elements, attributes and addresses', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '[',
      ']',
      '(',
      ')',
      '!',
      '`',
      '*',
      '_',
      '\n',
      '\n\n',
      '- ',
      '> ',
      '# ',
      '|',
      '&',
      'javascript:',
      'https://e.org',
      'cid:x',
      'data:',
      '<script>',
      '<img src=x onerror=y>',
      '<a href="javascript:1">',
      ']: ',
      '&#x6a;',
      '\\',
      'mailto:',
      '~~',
      '[ ] ',
      '\t',
      '    ',
      '<!--',
      '-->',
      '<svg/onload=x>',
      '```',
      '|-|-|',
      ' "onclick="x" ',
    ),
    fc.string({ maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      parseHtml(markdownToHtml(pieces.join('')), {
        open: (name, attributes) => {
          assert.ok(allowedElements.has(name), name);
          for (const [key, value] of Object.entries(attributes)) {
            assert.ok(allowedAttributes.has(key), key);
            if (key === 'href') assert.match(value, /^(?:https?|mailto):/i);
            if (key === 'src') assert.match(value, /^cid:/i);
          }
        },
        text: () => undefined,
        close: () => undefined,
        abandonOpen: () => undefined,
      });
    }),
    { numRuns: 1000 },
  );
});
