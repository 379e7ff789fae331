import type { Trick } from './tricks.ts';

const text = 'TEXT';

/** Ways in which a person does not see the text by what a style refers to: shapes, masks, filters, paths, slots, origins. */
export const drawnHidingTricks: readonly Trick[] = [
  [
    'base with clip url',
    `<base href="https://e.example/x/"><svg width="0" height="0"><clipPath id="c"><rect width="0" height="0"/></clipPath></svg><p style="clip-path:url(#c)">${text}</p>`,
  ],
  [
    'clip path url empty',
    `<svg width="0" height="0"><clipPath id="c"></clipPath></svg><p style="clip-path:url(#c)">${text}</p>`,
  ],
  [
    'clip path url rect elsewhere',
    `<svg width="0" height="0"><clipPath id="c"><rect x="-500" y="-500" width="10" height="10"/></clipPath></svg><p style="clip-path:url(#c)">${text}</p>`,
  ],
  [
    'clip path url circle zero',
    `<svg width="0" height="0"><clipPath id="c"><circle r="0"/></clipPath></svg><p style="clip-path:url(#c)">${text}</p>`,
  ],
  [
    'clip path url object units',
    `<svg width="0" height="0"><clipPath id="c" clipPathUnits="objectBoundingBox"><rect x="2" y="2" width="1" height="1"/></clipPath></svg><p style="clip-path:url(#c)">${text}</p>`,
  ],
  ['mask svg inline', `<svg width="0" height="0"><mask id="m"></mask></svg><p style="mask:url(#m)">${text}</p>`],
  [
    'mask svg black',
    `<svg width="0" height="0"><mask id="m"><rect width="999" height="999" fill="black"/></mask></svg><p style="mask:url(#m)">${text}</p>`,
  ],
  [
    'mask composite exclude',
    `<p style="mask:linear-gradient(#000 0 0),linear-gradient(#000 0 0);mask-composite:exclude">${text}</p>`,
  ],
  [
    'mask composite subtract',
    `<p style="mask-image:linear-gradient(#000,#000),linear-gradient(#000,#000);mask-composite:subtract">${text}</p>`,
  ],
  [
    'mask composite intersect',
    `<p style="mask-image:linear-gradient(#000,#000),linear-gradient(transparent,transparent);mask-composite:intersect">${text}</p>`,
  ],
  [
    'webkit mask composite xor',
    `<p style="-webkit-mask:linear-gradient(#000 0 0),linear-gradient(#000 0 0);-webkit-mask-composite:xor">${text}</p>`,
  ],
  ['mask luminance black', `<p style="mask-image:linear-gradient(#000,#000);mask-mode:luminance">${text}</p>`],
  ['mask position off', `<p style="mask:linear-gradient(#000,#000) 5000px 0/10px 10px no-repeat">${text}</p>`],
  ['offset path ray', `<p style="offset-path:ray(270deg);offset-distance:3000px;width:300px">${text}</p>`],
  ['offset path path', `<p style="offset-path:path('M0 0 L-3000 0');offset-distance:100%;width:300px">${text}</p>`],
  ['offset path line up', `<p style="offset-path:path('M0,-2000 L10,-2000')">${text}</p>`],
  ['offset shorthand', `<p style="offset:path('M -4000 0 H -4500') 50%;width:300px">${text}</p>`],
  ['offset position', `<p style="offset-path:ray(0deg at -3000px -3000px);width:300px">${text}</p>`],
  ['offset path circle', `<p style="offset-path:circle(2px at -3000px 0);width:300px">${text}</p>`],
  ['offset path xywh', `<p style="offset-path:xywh(-3000px -3000px 5px 5px);width:300px">${text}</p>`],
  [
    'offset polygon',
    `<p style="offset-path:polygon(-3000px -3000px,-3100px -3000px,-3000px -3200px);offset-distance:50%;width:300px">${text}</p>`,
  ],
  ['offset anchor', `<p style="offset-path:path('M0 0 H1');offset-anchor:4000px 0;width:300px">${text}</p>`],
  [
    'offset position only',
    `<p style="offset-position:-3000px 0;offset-path:ray(90deg);width:300px;position:absolute">${text}</p>`,
  ],
  ['shadow closed slotless', `<div><template shadowrootmode="closed"><b>Seen</b></template>${text}</div>`],
  ['shadow other slot', `<div><template shadowrootmode="open"><slot name="x"></slot></template><p>${text}</p></div>`],
  [
    'shadow hidden slot',
    `<div><template shadowrootmode="open"><div style="display:none"><slot></slot></div></template>${text}</div>`,
  ],
  ['light dark on none', `<p style="color-scheme:dark;color:light-dark(#000,#fff);background:#fff">${text}</p>`],
  [
    'filter url',
    `<svg width="0" height="0"><filter id="f"><feColorMatrix values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"/></filter></svg><p style="filter:url(#f)">${text}</p>`,
  ],
  [
    'filter url flood',
    `<svg width="0" height="0"><filter id="f"><feFlood flood-color="white"/></filter></svg><p style="filter:url(#f)">${text}</p>`,
  ],
  [
    'filter url offset',
    `<svg width="0" height="0"><filter id="f"><feOffset dx="-3000"/></filter></svg><p style="filter:url(#f)">${text}</p>`,
  ],
  [
    'preserve 3d backface',
    `<div style="transform-style:preserve-3d;transform:rotateY(180deg)"><p style="backface-visibility:hidden">${text}</p></div>`,
  ],
  ['transform origin far', `<p style="transform:rotate(180deg);transform-origin:-2000px 0">${text}</p>`],
  ['clip path shape', `<p style="clip-path:shape(from 0 0,line to 0 0,close)">${text}</p>`],
  [
    'clip path shape elsewhere',
    `<p style="clip-path:shape(from -100px -100px,line to -90px -100px,line to -90px -90px,close)">${text}</p>`,
  ],
  ['clip path path elsewhere', `<p style="clip-path:path(evenodd,'M-99-99h5v5h-5z')">${text}</p>`],
  [
    'outline cover',
    `<div style="height:20px">${text}</div><div style="position:relative;width:1px;height:1px;outline:400px solid #fff"></div>`,
  ],
  [
    'inset shadow cover',
    `<div style="position:relative;height:40px">${text}<i style="position:absolute;inset:0;box-shadow:inset 0 0 0 500px #fff"></i></div>`,
  ],
  [
    'details name exclusive',
    `<details name="x" open><summary>a</summary>Seen</details><details name="x" open><summary>b</summary>${text}</details>`,
  ],
  [
    'transition delay',
    `<style>.a{animation:q 999s step-end infinite}@keyframes q{0%{font-size:0}100%{font-size:16px}}</style><p class="a">${text}</p>`,
  ],
  ['contain size', `<div style="contain:size;overflow:hidden">${text}</div>`],
  [
    'svg clip attr',
    `<svg width="200" height="20"><clipPath id="c"/><text y="15" clip-path="url(#c)">${text}</text></svg>`,
  ],
  ['svg mask attr', `<svg width="200" height="20"><mask id="c"/><text y="15" mask="url(#c)">${text}</text></svg>`],
  [
    'svg filter attr',
    `<svg width="200" height="20"><filter id="c"><feFlood flood-opacity="0"/></filter><text y="15" filter="url(#c)">${text}</text></svg>`,
  ],
  [
    'svg textpath none',
    `<svg width="200" height="20"><text y="15"><textPath href="#none">${text}</textPath></text></svg>`,
  ],
  [
    'svg textpath off',
    `<svg width="200" height="20"><path id="p" d="M0-500H900" fill="none"/><text><textPath href="#p">${text}</textPath></text></svg>`,
  ],
  ['svg dx', `<svg width="200" height="20"><text y="15" dx="900">${text}</text></svg>`],
  [
    'svg required extension',
    `<svg width="200" height="20"><text y="15" requiredExtensions="http://x.example/">${text}</text></svg>`,
  ],
  ['svg system language', `<svg width="200" height="20"><text y="15" systemLanguage="xx">${text}</text></svg>`],
  ['math color', `<math><mtext mathcolor="white">${text}</mtext></math>`],
  ['math size', `<math mathsize="0"><mtext>${text}</mtext></math>`],
  ['mask url missing', `<p style="mask:url(#nowhere)">${text}</p>`],
];

/** The same in which a person sees it. */
export const drawnShowingTricks: readonly Trick[] = [
  [
    'filter url of nothing',
    `<svg width="0" height="0"><filter id="f"></filter></svg><p style="filter:url(#f)">${text}</p>`,
  ],
  [
    'a border in the colour of the text',
    `<div style="border:10px solid #000;position:relative;left:3px">${text}</div>`,
  ],
  ['a shadow in the colour of the text', `<div style="box-shadow:0 0 0 10px #000">${text}</div>`],
  [
    'an outline in the colour of the text',
    `<p>Hi <span style="outline:10px solid #000;position:relative">${text}</span></p>`,
  ],
  ['an inset shadow below its own text', `<p style="box-shadow:inset 0 0 0 500px #fff">${text}</p>`],
  ['white on a dark inset shadow', `<p style="color:#fff;box-shadow:inset 0 0 0 500px #000">${text}</p>`],
  [
    'clip path url rect',
    `<svg width="0" height="0"><clipPath id="c"><rect width="900" height="900"/></clipPath></svg><p style="clip-path:url(#c)">${text}</p>`,
  ],
  ['clip path url missing', `<p style="clip-path:url(#nowhere)">${text}</p>`],
  [
    'clip path url circle',
    `<svg width="0" height="0"><clipPath id="c" clipPathUnits="objectBoundingBox"><rect width="1" height="1"/></clipPath></svg><p style="clip-path:url(#c)">${text}</p>`,
  ],
  [
    'mask svg white',
    `<svg width="0" height="0"><mask id="m" maskUnits="userSpaceOnUse" x="0" y="0" width="999" height="999"><rect width="999" height="999" fill="white"/></mask></svg><p style="mask:url(#m)">${text}</p>`,
  ],
  [
    'mask composite add',
    `<p style="mask:linear-gradient(#000 0 0),linear-gradient(transparent,transparent);mask-composite:add">${text}</p>`,
  ],
  ['mask composite exclude one', `<p style="mask:linear-gradient(#000 0 0);mask-composite:exclude">${text}</p>`],
  ['mask luminance white', `<p style="mask:linear-gradient(#fff,#fff);mask-mode:luminance">${text}</p>`],
  [
    'mask exclude other box',
    `<p style="padding:30px;mask:linear-gradient(#000 0 0) exclude,linear-gradient(#000 0 0) 0 0/10px 10px no-repeat">${text}</p>`,
  ],
  ['offset path near', `<p style="offset-path:path('M200 20 L300 20');offset-rotate:0deg;width:300px">${text}</p>`],
  ['offset distance alone', `<p style="offset-distance:4000px">${text}</p>`],
  ['offset path none', `<p style="offset:none">${text}</p>`],
  [
    'offset ray zero',
    `<p style="offset-path:ray(90deg);offset-distance:0;width:300px;offset-rotate:0deg;position:absolute;top:90px;left:200px">${text}</p>`,
  ],
  ['shadow slotted', `<div><template shadowrootmode="open"><p><slot></slot></p></template>${text}</div>`],
  [
    'shadow named slot',
    `<div><template shadowrootmode="open"><slot name="x"></slot></template><p slot="x">${text}</p></div>`,
  ],
  ['shadow invalid mode', `<div><template shadowrootmode="nothing"></template>${text}</div>`],
  [
    'shadow on paragraph of link',
    `<a href="https://e.example/"><template shadowrootmode="open"></template>${text}</a>`,
  ],
  ['light dark light', `<p style="color-scheme:light;color:light-dark(#000,#fff)">${text}</p>`],
  ['filter url missing', `<p style="filter:url(#none)">${text}</p>`],
  [
    'preserve 3d double turn',
    `<div style="transform-style:preserve-3d;transform:rotateY(180deg)"><p style="transform:rotateY(180deg);backface-visibility:hidden">${text}</p></div>`,
  ],
  [
    'clip path shape whole',
    `<p style="clip-path:shape(from 0 0,line to 100% 0,line to 100% 100%,line to 0 100%,close)">${text}</p>`,
  ],
  [
    'outline elsewhere',
    `<div style="height:40px">${text}</div><div style="position:relative;margin-top:60px;width:1px;height:1px;outline:10px solid #fff"></div>`,
  ],
  [
    'details names',
    `<details name="x" open><summary>a</summary>${text}</details><details name="x" open><summary>b</summary>Seen</details>`,
  ],
  [
    'scroll timeline',
    `<style>@keyframes k{from{opacity:0}to{opacity:1}}.a{animation:k linear both;animation-timeline:scroll()}</style><p class="a">${text}</p>`,
  ],
  [
    'scroll timeline end',
    `<style>@keyframes k{from{opacity:1}to{opacity:0}}.a{animation:k linear both;animation-timeline:scroll()}</style><p class="a">${text}</p>`,
  ],
  ['overflow clip margin large', `<div style="overflow:clip;height:0;overflow-clip-margin:60px">${text}</div>`],
  ['svg clip attr missing', `<svg width="300" height="30"><text y="15" clip-path="url(#none)">${text}</text></svg>`],
  [
    'svg textpath',
    `<svg width="400" height="40"><path id="p" d="M5 25H390" fill="none"/><text><textPath href="#p">${text}</textPath></text></svg>`,
  ],
  ['svg system language own', `<svg width="300" height="30"><text y="15" systemLanguage="en">${text}</text></svg>`],
  [
    'svg mask white',
    `<svg width="300" height="30"><mask id="c"><rect width="300" height="30" fill="white"/></mask><text y="15" mask="url(#c)">${text}</text></svg>`,
  ],
  ['an indent of text that runs to the left', `<p style="direction:rtl;text-indent:-3000px">${text}</p>`],
  [
    'the end of a long line that runs to the left',
    `<div style="width:200px;overflow:hidden;white-space:nowrap;direction:rtl">Seen by everybody here today ${text}</div>`,
  ],
];
