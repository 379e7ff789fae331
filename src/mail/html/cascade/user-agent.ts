import { compileSheets } from './compile-sheets.ts';
import type { StyleRules } from './style-rules.ts';

/** What browsers do without any style (HTML standard, section 15), as far as it decides what is seen or how it reads. */
const standardSheet = `
html, body, address, article, aside, blockquote, center, dd, details, dialog, dir, div, dl, dt, fieldset, figcaption,
figure, footer, form, frame, frameset, h1, h2, h3, h4, h5, h6, header, hgroup, hr, legend, listing, main, menu, nav, ol,
optgroup, option, p, plaintext, pre, search, section, summary, ul, xmp { display: block }
area, base, basefont, bgsound, datalist, head, link, meta, noembed, noframes, param, rp, script, style, template, title,
[hidden]:not([hidden=until-found i]), input[type=hidden i], audio:not([controls]), dialog:not([open]),
[popover]:not(dialog[open]) { display: none }
[hidden=until-found i] { content-visibility: hidden }
body { margin: 8px }
p, dl, menu, ol, ul, dir, pre, listing, plaintext, xmp { margin: 1em 0 }
blockquote, figure { margin: 1em 40px }
dd { margin-left: 40px }
menu, ol, ul, dir { padding-left: 40px }
ul, menu, dir { list-style-type: disc } ol { list-style-type: decimal }
:is(ul, ol, menu, dir) :is(ul, ol, menu, dir) { margin: 0 }
li, summary { display: list-item }
h1 { font-size: 2em; margin: .67em 0 } h2 { font-size: 1.5em; margin: .83em 0 } h3 { font-size: 1.17em; margin: 1em 0 }
h4 { margin: 1.33em 0 } h5 { font-size: .83em; margin: 1.67em 0 } h6 { font-size: .67em; margin: 2.33em 0 }
pre, listing, plaintext, xmp, textarea { white-space: pre }
textarea { white-space: pre-wrap }
pre, listing, plaintext, xmp, tt, code, kbd, samp { font-size: 13px }
nobr { text-wrap-mode: nowrap }
small, sub, sup { font-size: smaller } big { font-size: larger } rt { font-size: 50% }
sub { vertical-align: sub } sup { vertical-align: super }
s, strike, del { text-decoration-line: line-through } u, ins { text-decoration-line: underline }
mark { background-color: #ff0; color: #000 }
:any-link { color: #00e }
table { display: table; box-sizing: border-box; text-indent: 0 } caption { display: table-caption }
thead { display: table-header-group } tbody { display: table-row-group } tfoot { display: table-footer-group }
tr { display: table-row } td, th { display: table-cell; padding: 1px } col { display: table-column }
colgroup { display: table-column-group }
input, select, button, textarea, meter, progress, marquee { display: inline-block; text-indent: 0 }
input, select, button, textarea { font-size: 13.333px; color: #000; letter-spacing: normal; line-height: normal; text-shadow: none }
input, select, textarea { background-color: #fff } button, input:is([type=button i], [type=submit i], [type=reset i]) { background-color: #efefef }
dialog { position: absolute; background-color: #fff; color: #000; left: 0; right: 0; margin: auto; padding: 1em }
svg { display: inline-block; overflow: hidden } foreignObject { display: block; overflow: hidden } ruby { display: ruby } rt { display: ruby-text } slot { display: contents }
[dir=rtl i] { direction: rtl } [dir=ltr i] { direction: ltr }
bdo { unicode-bidi: bidi-override }
`;

/** What they do in documents without an up-to-date type: tables take no size from around them. */
const quirkySheet = `
table { font-size: medium; line-height: normal; white-space: normal }
`;

const compiled = new Map<boolean, StyleRules>();

/** The rules of the browser itself, compiled on first use. */
export function userAgentRules(isQuirky: boolean): StyleRules {
  let rules = compiled.get(isQuirky);
  if (rules === undefined) {
    rules = compileSheets([standardSheet, ...(isQuirky ? [quirkySheet] : [])], false);
    compiled.set(isQuirky, rules);
  }
  return rules;
}
