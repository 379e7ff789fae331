/** A document of our own. */
export interface OwnDocument {
  readonly name: string;
  readonly html: string;
}

/** A small generator of numbers, the same in every run (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const vocabulary =
  'account address afternoon amount answer april arrival autumn balance basket before billing booking branch bridge business calendar change charge coffee company contact country customer delivery deposit details discount document evening exchange express factory festival finance garden general harbour holiday invoice january journey kitchen library market meeting member minute monday mountain number offer office online order package parcel payment picture planned platform pleasure present price printer problem product project question reader receipt record region report request return safety saturday school season service shipping shoulder software station storage summer supplier support survey theatre thursday ticket together tomorrow traffic travel update vacation version village warehouse website weekend winter'.split(
    ' ',
  );

/** How newsletters and worse hide a text, as the opening tag of an element around it. */
const hiders = [
  '<div style="display:none;font-size:1px;color:#ffffff;line-height:1px;max-height:0px;max-width:0px;opacity:0;overflow:hidden;">',
  '<span style="color:transparent;visibility:hidden;display:none;opacity:0;height:0;width:0;font-size:0">',
  '<div class="preheader" style="display:none!important;visibility:hidden;mso-hide:all">',
  '<div style="max-height:0;overflow:hidden;mso-hide:all" aria-hidden="true">',
  '<div style="overflow:hidden;line-height:1px;opacity:0;max-height:0;max-width:0">',
  '<span style="font-size:0;line-height:0;color:#ffffff">',
  '<p style="color:#ffffff;font-size:8px;margin:0">',
  '<div style="position:absolute;left:-9999px;top:auto;width:1px;height:1px;overflow:hidden">',
  '<div class="mobile-only">',
  '<div style="height:0;overflow:hidden">',
  '<font color="#fefefe" size="1">',
  '<div style="text-indent:-9999px;white-space:nowrap;overflow:hidden">',
  '<div style="opacity:0">',
  '<div hidden>',
  '<div style="clip-path:inset(100%);position:absolute">',
];

const sheet = `
body{margin:0;padding:0;-webkit-text-size-adjust:100%}table{border-collapse:collapse}img{border:0;display:block}
.preheader{display:none}.mobile-only{display:none}.button a{color:#ffffff;text-decoration:none}.dark{background-color:#16243a;color:#ffffff}
.muted{color:#8a94a6;font-size:12px}.clear{overflow:hidden}.column{display:inline-block;width:100%;max-width:280px;vertical-align:top}
@media only screen and (max-width:600px){.desktop{display:none!important}.mobile-only{display:block!important}.column{max-width:100%!important}}
@media (prefers-color-scheme:dark){.card{background:#000!important;color:#fff!important}}
`;

/** `count` documents with visible and hidden texts, in the forms that mail programs send. */
export function ownCorpus(count: number): readonly OwnDocument[] {
  return Array.from({ length: count }, (_, index) => ownDocument(index));
}

function ownDocument(index: number): OwnDocument {
  const random = numbersFrom(index + 1);
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const words = (least: number, most: number) =>
    Array.from({ length: least + Math.floor(random() * (most - least + 1)) }, () => pick(vocabulary)).join(' ');
  const hidden = () => {
    const open = pick(hiders) ?? '<div hidden>';
    return `${open}${words(4, 14)}</${/^<(\w+)/.exec(open)?.[1] ?? 'div'}>`;
  };
  const story = (): string =>
    pick([
      () =>
        `<h2 style="margin:0 0 8px;font-size:20px;color:#1d2b3a">${words(2, 6)}</h2><p style="margin:0 0 16px">${words(10, 40)}</p>`,
      () =>
        `<table width="100%"><tr><td width="120"><img src="https://img.example/a.png" width="100" height="80" alt="${words(1, 2)}"></td><td valign="top"><b>${words(2, 4)}</b><br>${words(8, 20)}</td></tr></table>`,
      () =>
        `<table align="center"><tr><td class="button" bgcolor="#d6336c" style="border-radius:4px;padding:10px 24px"><a href="https://click.example/${index}">${words(1, 3)}</a></td></tr></table>`,
      () =>
        `<div class="dark" style="padding:16px"><p style="margin:0">${words(8, 24)}</p><p class="muted">${words(4, 9)}</p></div>`,
      () =>
        `<div class="clear"><div class="column">${words(6, 16)}</div><div class="column">${words(6, 16)}</div></div>`,
      () =>
        `<table width="100%" style="border:1px solid #dddddd">${[1, 2, 3].map(() => `<tr><td style="padding:4px">${words(1, 2)}</td><td align="right">EUR ${Math.floor(random() * 90)}</td></tr>`).join('')}</table>`,
      () => `<ul>${[1, 2, 3].map(() => `<li>${words(2, 7)}</li>`).join('')}</ul>`,
      () =>
        `<div style="position:relative;background:#eef3f8;padding:12px"><span style="position:relative;top:2px">${words(4, 10)}</span></div>`,
      () =>
        `<div style="background:#204060;background-image:linear-gradient(#204060,#102030);color:#fff;padding:10px">${words(4, 12)}</div>`,
      () =>
        `<blockquote style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">${words(10, 30)}</blockquote>`,
      () =>
        `<p class="desktop" style="font-size:13px;color:#555">${words(5, 15)}</p><p class="mobile-only">${words(5, 15)}</p>`,
      () =>
        `<!--[if mso]><p>${words(3, 6)}</p><![endif]--><div style="max-height:300px;overflow:hidden;border-radius:6px">${words(6, 20)}</div>`,
    ])?.() ?? '';
  const body = Array.from({ length: 4 + Math.floor(random() * 10) }, () => (random() < 0.3 ? hidden() : story())).join(
    '\n',
  );
  const rows = `<tr><td class="card" bgcolor="#ffffff" style="padding:20px;font-family:Arial,sans-serif;font-size:14px;line-height:1.5;color:#333333">${body}</td></tr><tr><td style="padding:12px;font-size:11px;color:#999999">${words(6, 20)}</td></tr>`;
  const html = `<!DOCTYPE html><html><head><meta charset="utf-8"><title>${words(2, 4)}</title><style>${sheet}</style></head><body style="background:#f2f4f6">${hidden()}<table width="100%" bgcolor="#f2f4f6"><tr><td align="center"><table width="600">${rows}</table></td></tr></table></body></html>`;
  return { name: `own ${index}`, html };
}
