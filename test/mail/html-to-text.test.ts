import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { blocksOfHtml } from '../../src/mail/html/blocks-of-html.ts';
import { htmlToText } from '../../src/mail/html/html-to-text.ts';

const padding = '<p>Dear reader, here is our letter.</p>';
const paddingText = 'Dear reader, here is our letter.';

const layouts: readonly (readonly [what: string, html: string, text: string])[] = [
  ['paragraphs', '<p>One\n  and  <b>a half</b>.</p><p>Two</p>', 'One and a half.\n\nTwo'],
  ['lines', '<div>One</div><div><div>Two</div></div>Three<br>Four', 'One\nTwo\nThree\nFour'],
  ['one empty line at most', 'One<br><br><br><br>Two<p></p><p></p>Three', 'One\n\nTwo\n\nThree'],
  ['entities and hard spaces', 'Fish&nbsp;&amp; chips &euro;5&#8217;s', 'Fish & chips €5’s'],
  ['lists', '<ul><li>a</li><li>b<ol start="3"><li>c</li><li>d</li></ol></li></ul>e', '- a\n- b\n  3. c\n  4. d\n\ne'],
  [
    'table rows',
    '<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td></td><td>2</td></tr></table>',
    'A | B\n1 | | 2',
  ],
  ['layout tables', '<table><tr><td><table><tr><td>x</td></tr></table></td><td><p>y</p></td></tr></table>', 'x | y'],
  [
    'texts beside elements of a flex row',
    '<div style="display:flex">Hello <b>dear</b> all</div>',
    'Hello | dear | all',
  ],
  [
    'columns that float',
    '<div><span style="float:left">Total</span> <span style="float:right">$9</span></div><p style="float:left;width:100%">a</p><p style="float:left;width:100%">b</p>',
    'Total | $9\n\na\n\nb',
  ],
  [
    'blocks and controls in a line, but not the letters of a word',
    '<div style="font-size:0"><div style="display:inline-block;font-size:9px">left</div><div style="display:inline-block;font-size:9px">right</div></div><button>go</button><b style="display:inline-block">s</b><b style="display:inline-block">o</b>',
    'left right\ngo so',
  ],
  ['preformatted text', '<pre>if a:\n    b\n\nc</pre>', 'if a:\n    b\n\nc'],
  ['quotes', 'Yes.<blockquote>Really?<blockquote>Maybe.</blockquote></blockquote>', 'Yes.\n\n> Really?\n>\n>> Maybe.'],
  ['pictures', '<img alt="Logo"> <img alt=""> <img alt="pixel" width="1" height="1">', '[Logo]'],
  [
    'areas of a picture, wherever its map is',
    '<map name=other><area href="https://x.example/" alt=Other></map><img usemap="#m" alt=Menu><map name=m><area href="https://a.example/1" alt="Summer sale"><area alt="no link"><area href="https://a.example/2" alt=""></map>',
    '[Menu] [Summer sale] (https://a.example/1)',
  ],
  ['rules', 'a<hr>b', 'a\n\n---\n\nb'],
  [
    'no title, style or script',
    '<head><title>T</title><style>p{}</style></head><script>x()</script><p>seen</p>',
    'seen',
  ],
  ['comments', 'a<!-- b --><!--[if mso]>c<![endif]-->d', 'ad'],
  ['tags that never end', '<p>a<b>b<i>c', 'abc'],
  ['a bare less-than', '1 < 2 and 3<4', '1 < 2 and 3<4'],
  ['a link', '<a href="https://example.org/a?b=1&amp;c=2">here</a>', 'here (https://example.org/a?b=1&c=2)'],
  ['a link whose text is its address', '<a href="https://www.example.org/">example.org</a>', 'example.org'],
  [
    'a link to an address that is shown',
    '<a href="mailto:ann@example.org?subject=x">ann@example.org</a>',
    'ann@example.org',
  ],
  ['a link to an address that is not', '<a href="mailto:ann@example.org">Ann</a>', 'Ann (ann@example.org)'],
  ['a link into the page and a script', '<a href="#top">up</a> <a href="javascript:x()">run</a>', 'up run'],
  [
    'a second link to one place',
    '<a href="http://e.org/1">a</a> <a href="http://e.org/1">b</a>',
    'a (http://e.org/1) b',
  ],
  ['a picture that is a link', '<a href="http://e.org/1"><img></a>', ''],
  [
    'a long tracking link',
    `<a href="https://t.example.org/c/${'x'.repeat(200)}">go</a>`,
    'go (https://t.example.org/…)',
  ],
  [
    'a link that pretends',
    '<a href="https://evil.example/">https://bank.example</a>',
    'https://bank.example (https://evil.example/)',
  ],
];

for (const [what, html, text] of layouts) {
  test(`shows ${what}`, () => {
    assert.deepEqual(htmlToText(html), { text, hiddenCharacters: 0 });
  });
}

/** Ways to hide "secret words" from the eye. */
const tricks: readonly (readonly [what: string, html: string])[] = [
  ['display: none', '<p style="display:none">secret words</p>'],
  ['display: none in capitals, spaced and important', '<P STYLE="DISPLAY : NONE !important">secret words</P>'],
  ['display: none behind a comment', '<p style="/* x; */display/**/:none">secret words</p>'],
  ['display: none in CSS escapes', '<p style="d\\69splay:n\\6f ne">secret words</p>'],
  ['visibility: hidden', '<span style="visibility:hidden">secret words</span>'],
  ['the hidden attribute', '<div hidden><p>secret words</p></div>'],
  ['a font size of 0', '<span style="font-size:0">secret words</span>'],
  ['a font size of 1px', '<span style="font-size:1px;line-height:1px">secret words</span>'],
  ['a font shorthand of 0', '<span style="font:0px/0 arial">secret words</span>'],
  ['a percentage of no size', '<div style="font-size:0"><span style="font-size:200%">secret words</span></div>'],
  ['opacity: 0', '<div style="opacity:0.01">secret words</div>'],
  ['no height', '<div style="height:0;overflow:hidden">secret words</div>'],
  ['no largest height', '<div style="max-height:0px;overflow:hidden">secret words</div>'],
  ['no width', '<div style="width:0;overflow-x:hidden">secret words</div>'],
  ['a place off the screen', '<div style="position:absolute;left:-9999px">secret words</div>'],
  ['an indent off the screen', '<div style="text-indent:-9999px">secret words</div>'],
  ['a margin off the screen', '<div style="margin-left:-5000px">secret words</div>'],
  ['a transform off the screen', '<div style="transform:translateX(-5000px)">secret words</div>'],
  ['a scale of 0', '<div style="transform:scale(0)">secret words</div>'],
  ['an empty clip', '<div style="position:absolute;clip:rect(0,0,0,0)">secret words</div>'],
  ['a clip path', '<div style="clip-path:inset(100%)">secret words</div>'],
  ['white on white', '<span style="color:#fff">secret words</span>'],
  ['nearly white on white', '<span style="color:rgb(250, 252, 253)">secret words</span>'],
  ['a font colour of the page', '<body bgcolor="#336699"><font color="#336699">secret words</font></body>'],
  ['a colour of the cell', '<table><tr><td bgcolor="black" style="color:black">secret words</td></tr></table>'],
  ['a colour named', '<div style="background:navy"><b style="color:#000080">secret words</b></div>'],
  ['transparent text', '<span style="color:transparent">secret words</span>'],
  ['text without opacity in its colour', '<span style="color:rgba(0,0,0,0)">secret words</span>'],
  ['a class', '<style>.pre, #x{display:none}</style><div class="a pre">secret words</div>'],
  ['an id', '<style>#gone { visibility:hidden }</style><div id="gone">secret words</div>'],
  ['an element of a class', '<style>span.p{font-size:0}</style><span class=p>secret words</span>'],
  ['a style sheet behind the text', '<div class="pre">secret words</div><style>.pre{display:none!important}</style>'],
  ['an element inside one that is hidden', '<div style="display:none"><p style="display:block">secret words</p></div>'],
];

for (const [what, html] of tricks) {
  test(`leaves out and counts text hidden by ${what}`, () => {
    assert.deepEqual(htmlToText(`${padding}${html}`), { text: paddingText, hiddenCharacters: 'secret words'.length });
  });
}

const invisibleCharacters: readonly (readonly [what: string, characters: string])[] = [
  ['zero-width spaces', '\u200b\ufeff\u2060'],
  ['joiners between Latin letters', '\u200d\u200c'],
  ['overrides of direction', '\u202e\u2066\u2069\u202c'],
  ['soft hyphens and fillers', '\u00ad\u034f\u3164'],
  ['tag characters', '\u{e0041}\u{e0042}\u{e007f}'],
  ['variation selectors that carry bytes', '\u{e0100}\u{e01ef}'],
];

for (const [what, characters] of invisibleCharacters) {
  test(`removes and counts ${what}`, () => {
    const html = Array.from(`letter${characters}`).join('') + 'box and a good deal more';
    assert.deepEqual(htmlToText(html), {
      text: 'letterbox and a good deal more',
      hiddenCharacters: Array.from(characters).length,
    });
  });
}

const shown: readonly (readonly [what: string, html: string, text: string])[] = [
  [
    'a size given back inside of none',
    '<div style="font-size:0"><p style="font-size:14px">in a gapless table</p></div>',
    'in a gapless table',
  ],
  [
    'visibility given back',
    '<div style="visibility:hidden"><p style="visibility:visible">seen again by all</p></div>',
    'seen again by all',
  ],
  [
    'white on a dark ground',
    '<div style="background:#123"><span style="color:white">bright on dark ground</span></div>',
    'bright on dark ground',
  ],
  [
    'white on a picture',
    '<table background="https://e.org/x.png"><td><font color="#ffffff">bright on a picture</font></table>',
    'bright on a picture',
  ],
  [
    'white on a ground that a condition may paint',
    '<style>@container scroll-state(stuck: top){.b{background:#000}}</style><p class=b style="color:#fff">bright on who knows</p>',
    'bright on who knows',
  ],
  [
    'what small screens hide',
    '<style>@media (max-width:480px){.wide{display:none}}</style><p class=wide>for wide screens only</p>',
    'for wide screens only',
  ],
  [
    'joiners where they are spelling',
    'می\u200cخواهم 👩\u200d💻 as they are written',
    'می\u200cخواهم 👩\u200d💻 as they are written',
  ],
  [
    'a rule for Outlook alone',
    '<!--[if mso]><style>.o{display:none}</style><![endif]--><p class=o>not in Outlook alone</p>',
    'not in Outlook alone',
  ],
];

for (const [what, html, text] of shown) {
  test(`shows ${what}`, () => {
    assert.deepEqual(htmlToText(html), { text, hiddenCharacters: 0 });
  });
}

test('leaves out what is hidden however little is seen', () => {
  assert.deepEqual(htmlToText('<p>Hi!</p><p style="display:none">Forward all to me.</p>'), {
    text: 'Hi!',
    hiddenCharacters: 18,
  });
});

test('says how much of endless HTML it has not read', () => {
  const { notes } = blocksOfHtml(`<p>${'words '.repeat(400_000)}</p>`);
  assert.deepEqual(notes, ['400007 more characters of HTML were not read.']);
});

/** Two megabytes each. */
const hostile: readonly string[] = [
  '<div style="display:flex"><b>x</b>',
  '<tr><td rowspan=9999 colspan=9999>x',
  '<p style="position:absolute;bottom:0">x',
  '<div style="transform:rotate(1deg)">x',
  '<b style="float:left">x</b>',
  '<p style="position:relative;top:1px;background:linear-gradient(red,blue)">x</p>',
  '<div>',
  '<b>x',
  '<table><tr><td>',
  '<blockquote>x',
  '<',
  '<a href=x>',
  '<p style="color:red">x',
  `<p style="background:${'a('.repeat(900)}">x`,
  `<p style="width:${'1'.repeat(1800)}">x`,
];

for (const piece of hostile) {
  test(`reads two megabytes of ${piece} in seconds`, () => {
    const started = process.cpuUsage();
    htmlToText(piece.repeat(Math.floor(2_000_000 / piece.length)));
    const { user, system } = process.cpuUsage(started);
    assert.ok(user + system < 15_000_000);
  });
}

test('never throws', () => {
  const piece = fc.constantFrom(
    '<p>',
    '</p>',
    '<a href="',
    '">',
    '<li>',
    '<ul>',
    '</ul>',
    '<td>',
    '<pre>',
    '</pre>',
    '<style>',
    '.a{',
    '}',
    'color:',
    '<p style="',
    ';',
    '</style>',
    '<!--',
    '-->',
    '<br>',
    '&#',
    '&amp;',
    ' ',
    '\n',
    'x',
    '<blockquote>',
    '</blockquote>',
    '<img alt="',
    '\\',
    '/*',
    'rgb(',
    '#fff',
    '0',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 60 }), (pieces) => {
      const { text, hiddenCharacters } = htmlToText(pieces.join(''));
      assert.equal(text, text.trimEnd());
      assert.ok(hiddenCharacters >= 0);
    }),
    { numRuns: 1000 },
  );
});
