import assert from 'node:assert/strict';
import { test } from 'node:test';
import { framedHtml } from '../../src/mail/html/framed-html.ts';

const none = () => undefined;

for (const [what, html] of [
  ['scripts', '<script>x()</script><svg onload=x()><script>x()</script></svg><p onclick="x()">a'],
  [
    'frames and objects',
    '<iframe src="https://e.example"></iframe><object data="https://e.example"></object><embed src=x>',
  ],
  [
    'what leads away',
    '<meta http-equiv=refresh content="0;url=https://e.example"><base href="https://e.example/"><link rel=stylesheet href="https://e.example/x.css"><form action="https://e.example"><input name=a><button>b</button></form>',
  ],
  [
    'remote pictures',
    '<img src="https://e.example/a.png" srcset="https://e.example/b.png 2x" alt="words"><table background="https://e.example/c.png"><tr><td>',
  ],
  [
    'addresses in styles',
    '<style>@import "https://e.example/x.css"; p { background: URL( "https://e.example/y.png" ) }</style><p style="background:url(https://e.example/z.png);color:red">a',
  ],
  [
    'pictures that are pages',
    '<img src="data:image/svg+xml,<svg/onload=x()>"><img src="javascript:x()"><img src="data:text/html;base64,PHA+">',
  ],
  [
    'an end of styles in a style',
    '<style>p{content:"</style x"}</style><svg><style><img src=x onerror=x()></style></svg>',
  ],
] as const) {
  test(`nothing of ${what} is in the document of a frame`, () => {
    const framed = framedHtml(html, none);
    assert.doesNotMatch(
      framed,
      /<(?:script|iframe|object|embed|link|base|form|input|button|svg)|http-equiv|onload|onclick|onerror|javascript:/i,
    );
    assert.doesNotMatch(framed, /(?:src|srcset|background|href|action)\s*=|url\s*\(|@import/i);
  });
}

test('a mail keeps its looks, its own pictures and the words of others; a link says where it leads', () => {
  const framed = framedHtml(
    '<style>.a { color: #123456 }</style><body bgcolor="#eeeeee"><p class="a" style="margin: 0">Hi &amp; <a href="https://e.example/?a=1&b">go</a></p><img src="cid:one%40x" alt="Logo"><img src="https://e.example/x" alt="Chart">',
    (id) => (id === 'one@x' ? 'data:image/png;base64,AAAA' : undefined),
  );
  for (const part of [
    '<style>.a { color: #123456 }</style>',
    '<div bgcolor="#eeeeee">',
    '<p class="a" style="margin: 0">Hi &amp; <a title="https://e.example/?a=1&amp;b">go</a></p>',
    '<img alt="Logo" src="data:image/png;base64,AAAA">',
    '<img alt="Chart">',
  ]) {
    assert.ok(framed.includes(part), `${part}\n${framed}`);
  }
});
