/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function numbersFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** What breaks readers of mail and HTML: borders, encodings, ends of things, numbers too large. */
const pieces = [
  '\r\n\r\n',
  '\n--b\n',
  '\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n',
  '\r\nContent-Type: text/html; charset=utf-7\r\n\r\n',
  '\r\nContent-Type: message/rfc822\r\n\r\n',
  '\r\nContent-Transfer-Encoding: base64\r\n',
  '\r\nContent-Transfer-Encoding: quoted-printable\r\n',
  '=?utf-8?b?////?=',
  '=?iso-2022-jp?q?=1B=24?=',
  '=\r\n',
  '\0',
  '\u001b[2J',
  '\ud800',
  '\u202e',
  '\u{e0041}',
  'begin 644 x\n#0V%T\n`\nend\n',
  '"',
  '<',
  '(',
  ',',
  ';',
  '<!--',
  '<![CDATA[',
  '<table><tr><td rowspan=99999 colspan=99999>',
  '<div style="position:absolute;top:calc(1e999px * -1);transform:scale(0)">',
  '<style>*:has(~ *):not(:is(a,b)){display:none;width:var(--a);--a:var(--a)}</style>',
  '<style>@media (min-width:0){@supports (a:b){@layer x{p{color:#fff}}}}',
  '<svg><foreignObject><math><mtext><template>',
  '<select><option>a<option>b',
  '</p></div></table></html>',
  '&#x110000;&#0;&nosuch;',
  '<img src="data:image/png;base64,iVBORw0KGgo=">',
] as const;

/**
 * A changed copy of one of some texts (one character a byte): bytes are changed, passages left out, repeated or taken from
 * another one, and pieces that are known to break readers put in.
 */
export function mutate(seeds: readonly string[], random: () => number): string {
  const any = <T>(list: readonly T[], otherwise: T): T => list[Math.floor(random() * list.length)] ?? otherwise;
  let text = any(seeds, '');
  const changes = 1 + Math.floor(random() * 6);
  for (let change = 0; change < changes; change += 1) {
    const at = Math.floor(random() * (text.length + 1));
    const length = Math.floor(random() ** 3 * 400);
    const [before, inside, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
    switch (Math.floor(random() * 6)) {
      case 0:
        text = `${before}${String.fromCodePoint(Math.floor(random() * 256))}${text.slice(at + 1)}`;
        break;
      case 1:
        text = before + after;
        break;
      case 2:
        text = before + inside.repeat(1 + Math.floor(random() * 20)) + after;
        break;
      case 3: {
        const other = any(seeds, '');
        const from = Math.floor(random() * other.length);
        text = before + other.slice(from, from + length) + after;
        break;
      }
      case 4:
        text = before + any(pieces, '').repeat(1 + Math.floor(random() ** 4 * 50)) + after;
        break;
      default:
        text = before + any(pieces, '') + inside + any(pieces, '') + after;
    }
  }
  return text;
}
