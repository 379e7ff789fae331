import type { Trick } from './tricks.ts';

const text = 'TEXT';

/** More ways in which a person does not see the text: grids, flexible boxes, containers, drawings, covers. */
export const moreHidingTricks: readonly Trick[] = [
  [
    'container by width',
    `<style>div{container-type:inline-size}@container (min-width:100px){.a{display:none}}</style><div><p class="a">${text}</p></div>`,
  ],
  [
    'container range',
    `<style>div{container-type:size;height:50px}@container (100px < width < 2000px){.a{display:none}}</style><div><p class="a">${text}</p></div>`,
  ],
  [
    'container not',
    `<style>div{container-type:inline-size}@container not (min-width:5000px){.a{display:none}}</style><div><p class="a">${text}</p></div>`,
  ],
  [
    'container named',
    `<style>div{container:box/inline-size}@container box (width>10px){.a{display:none}}</style><div><p class="a">${text}</p></div>`,
  ],
  [
    'container style',
    `<style>div{--x:1}@container style(--x:1){.a{display:none}}</style><div><p class="a">${text}</p></div>`,
  ],
  [
    'container fixed width',
    `<style>div{container-type:inline-size;width:300px}@container (max-width:400px){.a{display:none}}</style><div><p class="a">${text}</p></div>`,
  ],
  ['col collapse', `<table><col><col style="visibility:collapse"><tr><td>Seen</td><td>${text}</td></tr></table>`],
  [
    'colgroup collapse',
    `<table><colgroup><col></colgroup><colgroup style="visibility:collapse"><col></colgroup><tr><td>Seen</td><td>${text}</td></tr></table>`,
  ],
  [
    'col span collapse',
    `<table><col><col span="2" style="visibility:collapse"><tr><td>Seen</td><td>x</td><td>${text}</td></tr></table>`,
  ],
  [
    'tbody collapse',
    `<table><tbody><tr><td>Seen</td></tr></tbody><tbody style="visibility:collapse"><tr><td>${text}</td></tr></tbody></table>`,
  ],
  ['flex item collapse', `<div style="display:flex"><p>Seen</p><p style="visibility:collapse">${text}</p></div>`],
  [
    'grid second row cut',
    `<div style="display:grid;grid-template-rows:30px 30px;overflow:hidden;height:30px"><div>Seen</div><div>${text}</div></div>`,
  ],
  [
    'grid zero row',
    `<div style="display:grid;grid-template-rows:30px 0"><div>Seen</div><div style="overflow:hidden">${text}</div></div>`,
  ],
  [
    'grid zero column',
    `<div style="display:grid;grid-template-columns:200px 0"><div>Seen</div><div style="overflow:hidden;white-space:nowrap">${text}</div></div>`,
  ],
  [
    'grid zero auto rows',
    `<div style="display:grid;grid-auto-rows:0"><div style="overflow:hidden">${text}</div></div>`,
  ],
  [
    'grid fr collapse',
    `<div style="display:grid;grid-template-rows:0fr"><div style="overflow:hidden;min-height:0">${text}</div></div>`,
  ],
  [
    'grid cover',
    `<div style="display:grid"><div style="grid-area:1/1">${text}</div><div style="grid-area:1/1;background:#fff"></div></div>`,
  ],
  [
    'grid far column',
    `<div style="display:grid;grid-template-columns:100px 100px 100px;width:100px;overflow:hidden"><div>Seen</div><div>x</div><div>${text}</div></div>`,
  ],
  ['first line', `<style>p.a::first-line{color:#fff}</style><p class="a">${text}</p>`],
  ['first line tiny', `<style>p.a::first-line{font-size:0}</style><p class="a">${text}</p>`],
  [
    'pseudo cover',
    `<style>.a{position:relative}.a::after{content:"";position:absolute;inset:0;background:#fff}</style><p class="a">${text}</p>`,
  ],
  ['shadow cover', `<div>${text}</div><div style="position:relative;height:1px;box-shadow:0 0 0 60px #fff"></div>`],
  [
    'border cover',
    `<div style="height:20px">${text}</div><div style="position:relative;margin-top:-20px;border-top:40px solid #fff"></div>`,
  ],
  ['line through cover', `<p style="text-decoration:line-through #fff;text-decoration-thickness:60px">${text}</p>`],
  [
    'image cover',
    `<div style="position:relative;height:30px">${text}<img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC" style="position:absolute;left:0;top:0;width:100%;height:100%"></div>`,
  ],
  [
    'rule cover',
    `<div style="height:20px">${text}</div><hr style="margin:-25px 0 0;height:40px;background:#fff;border:0;position:relative">`,
  ],
  [
    'svg cover inside',
    `<svg width="300" height="40"><text y="20">${text}</text><rect width="300" height="40" fill="#fff"/></svg>`,
  ],
  [
    'svg cover outside',
    `<div style="position:relative;height:40px">${text}<svg width="400" height="40" style="position:absolute;left:0;top:0"><rect width="400" height="40" fill="#fff"/></svg></div>`,
  ],
  [
    'svg background cover',
    `<div style="position:relative;height:40px">${text}<svg width="400" height="40" style="position:absolute;left:0;top:0;background:#fff"></svg></div>`,
  ],
  [
    'textarea cover',
    `<div style="position:relative;height:40px">${text}<textarea style="position:absolute;left:0;top:0;width:400px;height:40px;border:0"></textarea></div>`,
  ],
  [
    'backdrop cover',
    `<div style="position:relative">${text}<div style="position:absolute;inset:0;backdrop-filter:blur(30px)"></div></div>`,
  ],
  [
    'backdrop bright',
    `<div style="position:relative">${text}<div style="position:absolute;inset:0;backdrop-filter:invert(1) brightness(0) invert(1)"></div></div>`,
  ],
  ['black filter', `<p style="background:#444;color:#fff;filter:brightness(0)">${text}</p>`],
  ['clip path xywh', `<p style="clip-path:xywh(0 0 0 0)">${text}</p>`],
  ['behind the viewer', `<p style="transform:perspective(100px) translateZ(300px)">${text}</p>`],
  [
    'columns cut',
    `<div style="columns:2;height:20px;width:200px;overflow:hidden;column-gap:0;line-height:20px">Seen by all people<br>Seen again today<br>Seen three times<br>${text}</div>`,
  ],
  ['vertical cut', `<div style="writing-mode:vertical-rl;inline-size:0;block-size:20px;overflow:hidden">${text}</div>`],
  ['contain paint', `<div style="contain:paint;height:0">${text}</div>`],
  ['contents of object', `<object style="display:contents">${text}</object>`],
  ['option label', `<select><option label="Seen">${text}</option></select>`],
  ['white textarea', `<textarea style="color:#fff">${text}</textarea>`],
  ['rt small', `<ruby>x<rt style="font-size:0">${text}</rt></ruby>`],
  [
    'svg switch',
    `<svg width="200" height="20"><switch><text y="15">Seen</text><text y="15">${text}</text></switch></svg>`,
  ],
  ['svg defs', `<svg width="200" height="20"><defs><text y="15">${text}</text></defs></svg>`],
  ['svg clippath text', `<svg width="200" height="20"><clipPath><text y="15">${text}</text></clipPath></svg>`],
  ['svg pattern', `<svg width="200" height="20"><pattern id="p"><text y="15">${text}</text></pattern></svg>`],
  ['svg viewbox', `<svg width="100" height="20" viewBox="2000 2000 100 20"><text y="15">${text}</text></svg>`],
  ['svg viewbox huge', `<svg width="100" height="20" viewBox="0 0 90000 90000"><text y="15">${text}</text></svg>`],
  ['svg scale attr', `<svg width="100" height="20"><text y="15" transform="scale(0)">${text}</text></svg>`],
  [
    'svg translate attr',
    `<svg width="100" height="20"><g transform="translate(-2000 0)"><text y="15">${text}</text></g></svg>`,
  ],
  ['svg font size', `<svg width="100" height="20"><text y="15" font-size="0">${text}</text></svg>`],
  ['svg group opacity', `<svg width="100" height="20"><g opacity="0"><text y="15">${text}</text></g></svg>`],
  [
    'svg foreign zero',
    `<svg width="100" height="20"><foreignObject width="0" height="0"><p>${text}</p></foreignObject></svg>`,
  ],
  ['svg no fill', `<svg width="100" height="20"><text y="15" fill="none">${text}</text></svg>`],
  ['svg nested size', `<svg width="300" height="40"><svg width="0" height="0"><text y="15">${text}</text></svg></svg>`],
  ['svg white on white', `<svg width="100" height="20"><text y="15" fill="white">${text}</text></svg>`],
  ['maction', `<math><maction><mtext>x</mtext><mtext>${text}</mtext></maction></math>`],
  [
    'annotation xml',
    `<math><semantics><mi>x</mi><annotation-xml encoding="text/html"><p>${text}</p></annotation-xml></semantics></math>`,
  ],
  [
    'media many',
    `<style>@media (color) and (min-resolution:1dppx) and (grid:0) and (monochrome:0) and (forced-colors:none) and (aspect-ratio>1/1){.a{display:none}}</style><p class="a">${text}</p>`,
  ],
  [
    'media prefers contrast',
    `<style>@media (prefers-contrast:no-preference) and (color-gamut:srgb) and (dynamic-range:standard){.a{display:none}}</style><p class="a">${text}</p>`,
  ],
  ['invalid input', `<style>input:invalid~p{display:none}</style><input required><p>${text}</p>`],
  ['placeholder shown', `<style>input:placeholder-shown~p{display:none}</style><input placeholder="x"><p>${text}</p>`],
  ['read only', `<style>p:read-only{display:none}</style><p>${text}</p>`],
  ['required', `<style>input:required~p{display:none}</style><input required><p>${text}</p>`],
  ['optional', `<style>input:optional~p{display:none}</style><input><p>${text}</p>`],
  ['defined', `<style>p.a:defined{display:none}</style><p class="a">${text}</p>`],
  ['webkit any', `<style>:-webkit-any(.a,.b){display:none}</style><p class="a">${text}</p>`],
  ['unknown webkit pseudo', `<style>.a,.b::-webkit-nothing{display:none}</style><p class="a">${text}</p>`],
  [
    'open pseudo',
    `<style>details:open~p{display:none}</style><details open><summary>x</summary></details><p>${text}</p>`,
  ],
  ['scope root', `<style>@scope(.a){:scope{display:none}}</style><p class="a">${text}</p>`],
  ['charset rule', `<style>@charset "utf-8";.a{display:none}</style><p class="a">${text}</p>`],
  ['noscript style', `<noscript><style>.a{display:none}</style></noscript><p class="a">${text}</p>`],
  ['svg style', `<svg width="1" height="1"><style>.a{display:none}</style></svg><p class="a">${text}</p>`],
  ['oklch mix', `<p style="color:color-mix(in oklch,white 99%,red)">${text}</p>`],
  ['linear white', `<p style="color:color(srgb-linear 1 1 1)">${text}</p>`],
  ['xyz white', `<p style="color:color(xyz 0.9505 1 1.089)">${text}</p>`],
  ['a98', `<p style="color:color(a98-rgb 1 1 1)">${text}</p>`],
  ['prophoto', `<p style="color:color(prophoto-rgb 1 1 1)">${text}</p>`],
  ['rec2020', `<p style="color:color(rec2020 1 1 1)">${text}</p>`],
  ['size adjust', `<p style="font-size-adjust:0">${text}</p>`],
  ['math functions', `<p style="font-size:calc(1px * (round(0.4) + mod(4,2) + sign(0)))">${text}</p>`],
  ['trig functions', `<p style="opacity:calc(sin(0) + pow(0,2))">${text}</p>`],
  [
    'vertical align cut',
    `<div style="height:20px;line-height:20px;overflow:hidden">Seen <span style="vertical-align:-200px">${text}</span></div>`,
  ],
  ['padding cut', `<div style="height:40px;box-sizing:border-box;padding-top:40px;overflow:hidden">${text}</div>`],
  [
    'border spacing cut',
    `<div style="height:60px;overflow:hidden"><table style="border-spacing:0 300px"><tr><td>${text}</td></tr></table></div>`,
  ],
  [
    'caption bottom cut',
    `<div style="height:30px;overflow:hidden"><table><caption style="caption-side:bottom">${text}</caption><tr><td style="height:60px">Seen</td></tr></table></div>`,
  ],
  [
    'column reverse cut',
    `<div style="display:flex;flex-direction:column-reverse;justify-content:flex-end;height:20px;overflow:hidden;line-height:20px"><div>${text}</div><div style="flex:none;height:60px">Seen</div></div>`,
  ],
  [
    'order cut',
    `<div style="display:flex;flex-direction:column;height:20px;overflow:hidden"><div style="order:2;flex:none">${text}</div><div style="flex:none;height:60px">Seen</div></div>`,
  ],
  [
    'flex wrap cut',
    `<div style="display:flex;flex-wrap:wrap;height:20px;overflow:hidden;line-height:20px"><div style="width:100%">Seen</div><div style="width:100%">${text}</div></div>`,
  ],
  [
    'flex none',
    `<div style="display:flex"><div>Seen</div><div style="flex:0 0 0;overflow:hidden;white-space:nowrap">${text}</div></div>`,
  ],
  [
    'flex shrunk',
    `<div style="display:flex;width:300px"><div style="flex:none;width:300px">Seen</div><div style="flex:1 1 0;min-width:0;overflow:hidden;white-space:nowrap">${text}</div></div>`,
  ],
  [
    'flex end overflow',
    `<div style="display:flex;width:100px;overflow:hidden;justify-content:flex-end"><div style="flex:none;width:300px">${text}</div><div style="flex:none;width:100px">Seen</div></div>`,
  ],
  ['rem of nothing', `<style>html{font-size:0}.a{font-size:2rem}</style><p class="a">${text}</p>`],
  ['root clip', `<style>html{clip-path:inset(100%)}</style><p class="a">${text}</p>`],
  ['root opacity', `<style>html{opacity:0}</style><p class="a">${text}</p>`],
  ['body cut', `<style>html{overflow:hidden}body{height:0;overflow:hidden}</style><p class="a">${text}</p>`],
  ['body moved', `<style>body{position:absolute;left:-9999px}</style><p class="a">${text}</p>`],
  [
    'paused animation',
    `<style>@keyframes k{to{opacity:0}}.a{animation:k 1s -1s paused both linear}</style><p class="a">${text}</p>`,
  ],
  [
    'endless animation',
    `<style>@keyframes k{from,to{opacity:0}}.a{animation:k 1s infinite}</style><p class="a">${text}</p>`,
  ],
  [
    'fixed layout cell',
    `<table style="table-layout:fixed;width:200px;border-collapse:collapse"><tr><td style="width:200px">Seen</td><td style="width:0;padding:0;overflow:hidden;white-space:nowrap">${text}</td></tr></table>`,
  ],
  [
    'inline block thin',
    `<p>Seen <span style="display:inline-block;width:0;overflow:hidden;white-space:nowrap;vertical-align:top">${text}</span></p>`,
  ],
  [
    'unprefixed clamp',
    `<div style="line-clamp:1;overflow:hidden;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:1">Seen<br>${text}</div>`,
  ],
  ['row hidden', `<table><tr><td>Seen</td></tr><tr hidden><td>${text}</td></tr></table>`],
  ['word spacing', `<div style="width:300px;overflow:hidden;white-space:nowrap;word-spacing:900px">Seen ${text}</div>`],
  [
    'word spacing before more',
    `<div style="width:300px;overflow:hidden;white-space:nowrap;word-spacing:900px">Seen ${text} and more</div>`,
  ],
  ['tab size', `<pre style="width:300px;overflow:hidden;tab-size:900">Seen	${text}</pre>`],
  [
    'stroke transparent',
    `<p style="color:transparent;-webkit-text-stroke:1px transparent;text-shadow:0 0 0 transparent">${text}</p>`,
  ],
  ['dark link', `<style>a{color:#fff}</style><p>Seen <a href="https://e.example/">${text}</a></p>`],
  ['ground of hr', `<div style="background:#000;color:#000">${text}</div>`],
  ['nth of many', `<style>p:nth-last-child(-n+1){display:none}</style><div><p>Seen</p><p>${text}</p></div>`],
  ['read-write not', `<style>:not(:read-write).a{display:none}</style><p class="a">${text}</p>`],
  ['pre height', `<pre style="height:0;overflow:hidden">${text}</pre>`],
  ['fieldset cut', `<fieldset style="height:0;overflow:hidden;border:0;padding:0">${text}</fieldset>`],
  ['button cut', `<button style="height:0;width:0;overflow:hidden;border:0;padding:0">${text}</button>`],
  [
    'details content',
    `<style>details::details-content{display:none}</style><details open><summary>x</summary>${text}</details>`,
  ],
  ['marquee cut', `<div style="height:0;overflow:hidden"><marquee>${text}</marquee></div>`],
  ['legend invisible', `<fieldset style="visibility:hidden"><legend>${text}</legend></fieldset>`],
  [
    'light dark',
    `<style>:root{color-scheme:light dark}.a{color:light-dark(#fff,#000)}</style><p class="a">${text}</p>`,
  ],
];

/** More ways in which a person does see it. */
export const moreShowingTricks: readonly Trick[] = [
  [
    'container of nothing',
    `<style>@container (min-width:100px){.a{display:none}}</style><div><p class="a">${text}</p></div>`,
  ],
  [
    'container other name',
    `<style>div{container:box/inline-size}@container other (width>10px){.a{display:none}}</style><div><p class="a">${text}</p></div>`,
  ],
  [
    'container style other',
    `<style>div{--x:2}@container style(--x:1){.a{display:none}}</style><div><p class="a">${text}</p></div>`,
  ],
  [
    'container narrow',
    `<style>div{container-type:inline-size;width:300px}@container (min-width:400px){.a{display:none}}</style><div><p class="a">${text}</p></div>`,
  ],
  [
    'container itself',
    `<style>.a{container-type:inline-size}@container (width>1px){.a{display:none}}</style><p class="a">${text}</p>`,
  ],
  ['col of other', `<table><col><col style="visibility:collapse"><tr><td>${text}</td><td>x</td></tr></table>`],
  ['col hidden', `<table><col style="visibility:hidden"><tr><td>${text}</td></tr></table>`],
  ['col white', `<table><col style="color:#fff"><tr><td>${text}</td></tr></table>`],
  ['grid zero row seen', `<div style="display:grid;grid-template-rows:0"><div>${text}</div></div>`],
  [
    'grid two rows',
    `<div style="display:grid;grid-template-rows:30px 30px;overflow:hidden;height:60px"><div>Seen</div><div>${text}</div></div>`,
  ],
  [
    'grid columns',
    `<div style="display:grid;grid-template-columns:1fr 1fr;height:40px;overflow:hidden"><div>Seen</div><div>${text}</div></div>`,
  ],
  [
    'grid repeat',
    `<div style="display:grid;grid-template-columns:repeat(3,100px);height:60px;overflow:hidden"><div>a</div><div>b</div><div>${text}</div></div>`,
  ],
  [
    'grid areas',
    `<div style="display:grid;grid-template-areas:'x y';height:60px;overflow:hidden"><div style="grid-area:x">a</div><div style="grid-area:y;background:#fff">${text}</div></div>`,
  ],
  [
    'grid lower',
    `<div style="display:grid"><div style="grid-area:1/1;background:#fff">x</div><div style="grid-area:1/1">${text}</div></div>`,
  ],
  ['first line other', `<style>p.a::first-line{color:#fff}</style><p class="a">Hidden by it<br>${text}</p>`],
  [
    'pseudo below',
    `<style>.a{position:relative;z-index:0}.a::after{content:"";position:absolute;inset:0;background:#eee;z-index:-1}</style><p class="a">${text}</p>`,
  ],
  ['outline around', `<p style="outline:3px solid #fff">${text}</p>`],
  ['inset shadow', `<p style="box-shadow:inset 0 0 0 100px #eee">${text}</p>`],
  ['line through thin', `<p style="text-decoration:line-through #fff">${text}</p>`],
  ['underline thick', `<p style="text-decoration:underline #fff;text-decoration-thickness:5px">${text}</p>`],
  ['brightness', `<p style="background:#222;color:#fff;filter:brightness(.9)">${text}</p>`],
  ['mask of two', `<p style="mask-image:linear-gradient(#000,#000),linear-gradient(#000,#000)">${text}</p>`],
  ['clip of nothing', `<p style="clip-path:url(#nothing)">${text}</p>`],
  [
    'clip path of svg that leaves it',
    `<svg width="0" height="0"><clipPath id="c"><rect width="900" height="900"/></clipPath></svg><p style="clip-path:url(#c)">${text}</p>`,
  ],
  ['perspective', `<p style="transform:perspective(500px) translateZ(10px)">${text}</p>`],
  ['columns', `<div style="columns:2;height:60px;overflow:hidden">Seen<br>x<br>${text}</div>`],
  ['vertical', `<div style="writing-mode:vertical-rl;height:200px;overflow:hidden">${text}</div>`],
  ['rtl', `<div style="direction:rtl;width:300px;overflow:hidden">${text}</div>`],
  ['contents', `<div style="display:contents">${text}</div>`],
  ['option empty label', `<select><option label="">${text}</option></select>`],
  [
    'svg switch first',
    `<svg width="300" height="20"><switch><text y="15">${text}</text><text y="15">x</text></switch></svg>`,
  ],
  ['svg viewbox fits', `<svg width="300" height="20" viewBox="0 0 300 20"><text y="15">${text}</text></svg>`],
  [
    'svg over rect',
    `<svg width="300" height="40"><rect width="300" height="40" fill="#000"/><text y="20" fill="#fff">${text}</text></svg>`,
  ],
  [
    'svg translated back',
    `<svg width="300" height="40"><g transform="translate(20 5)"><text y="15">${text}</text></g></svg>`,
  ],
  [
    'svg foreign',
    `<svg width="300" height="60"><foreignObject width="300" height="60"><p>${text}</p></foreignObject></svg>`,
  ],
  ['xmp', `<xmp>${text}</xmp>`],
  ['plaintext', `<plaintext>${text}`],
  ['inert', `<p inert>${text}</p>`],
  ['reduced motion', `<style>@media (prefers-reduced-motion:reduce){.a{display:none}}</style><p class="a">${text}</p>`],
  ['valid', `<style>input:invalid~p{display:none}</style><input><p>${text}</p>`],
  [
    'scope limit',
    `<style>@scope (.x) to (.y){p{display:none}}</style><div class="x"><div class="y"><p>${text}</p></div></div>`,
  ],
  ['template style', `<template><style>.a{display:none}</style></template><p class="a">${text}</p>`],
  ['text type style', `<style type="text/plain">.a{display:none}</style><p class="a">${text}</p>`],
  [
    'alternate',
    `<link rel="alternate stylesheet" title="x" href="data:text/css,.a%7Bdisplay:none%7D"><p class="a">${text}</p>`,
  ],
  ['downlevel', `<![if !mso]><p>${text}</p><![endif]>`],
  ['popover shown', `<div popover style="display:block">${text}</div>`],
  ['row max', `<table><tr style="max-height:0;overflow:hidden"><td>${text}</td></tr></table>`],
  ['body height', `<style>body{height:0;overflow:hidden}</style><p class="a">${text}</p>`],
  ['html overflow', `<style>html{overflow:hidden}</style><p class="a">${text}</p>`],
  [
    'column reverse',
    `<div style="display:flex;flex-direction:column-reverse;height:60px;overflow:hidden"><div>Seen</div><div>${text}</div></div>`,
  ],
  [
    'flex wrap',
    `<div style="display:flex;flex-wrap:wrap;overflow:hidden;height:60px"><div style="width:100%">Seen</div><div>${text}</div></div>`,
  ],
  ['flex grow', `<div style="display:flex"><div style="flex:1;overflow:hidden;width:0">${text}</div></div>`],
  [
    'caption bottom',
    `<div style="height:90px;overflow:hidden"><table><caption style="caption-side:bottom">${text}</caption><tr><td>Seen</td></tr></table></div>`,
  ],
  ['ruby', `<ruby>${text}<rt>x</rt></ruby>`],
  ['size adjust none', `<p style="font-size-adjust:none">${text}</p>`],
  [
    'animation forwards seen',
    `<style>@keyframes k{from{transform:translateX(-2000px)}}.a{animation:k .01s}</style><p class="a">${text}</p>`,
  ],
  ['template without a mode', `<div><template>x</template>${text}</div>`],
  ['unknown pseudo list', `<style>.a,.b::nothing{display:none}</style><p class="a">${text}</p>`],
  [
    'far cover',
    `<div>${text}</div><div style="position:relative;margin-top:200px;height:1px;box-shadow:0 0 0 60px #fff"></div>`,
  ],
  [
    'image beside',
    `<div style="position:relative;height:30px">${text}<img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC" style="position:absolute;right:0;top:0;width:30px;height:30px"></div>`,
  ],
  ['text right in a table', `<div style="display:table">${text}</div>`],
  ['text right in a row', `<div style="display:table-row">Seen <b>${text}</b></div>`],
  ['a table lower than its content', `<div style="display:table;height:0;overflow:hidden">${text}</div>`],
  ['a blend with the bare page', `<p style="mix-blend-mode:screen;background:#fff">${text}</p>`],
];
