/** Groups whose text is not the document's (RTF 1.9.1). */
const hiddenGroups: ReadonlySet<string> = new Set([
  'fonttbl',
  'colortbl',
  'stylesheet',
  'info',
  'pict',
  'object',
  'themedata',
  'datastore',
  'generator',
  'listtable',
  'listoverridetable',
  'rsidtbl',
  'xmlnstbl',
  'latentstyles',
  'header',
  'footer',
  'headerl',
  'headerr',
  'headerf',
  'footerl',
  'footerr',
  'footerf',
  'fldinst',
  'bkmkstart',
  'bkmkend',
  'filetbl',
  'revtbl',
  'annotation',
  'htmltag',
]);
/** Words that end a paragraph, a line or a row of a table. */
const lineEnds: ReadonlySet<string> = new Set(['par', 'line', 'sect', 'page', 'row']);
const symbols: Readonly<Record<string, string>> = {
  tab: '\t',
  cell: ' | ',

  emdash: '—',
  endash: '–',
  bullet: '•',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  emspace: ' ',
  enspace: ' ',
  '~': '\u00a0',
  _: '-',
};
/** Encodings by the number that `\ansicpg` and `\fcharset` tables use. */
const codePages: Readonly<Record<string, string>> = {
  '874': 'windows-874',
  '932': 'shift_jis',
  '936': 'gbk',
  '949': 'euc-kr',
  '950': 'big5',
  '1250': 'windows-1250',
  '1251': 'windows-1251',
  '1252': 'windows-1252',
  '1253': 'windows-1253',
  '1254': 'windows-1254',
  '1255': 'windows-1255',
  '1256': 'windows-1256',
  '1257': 'windows-1257',
  '1258': 'windows-1258',
  '65001': 'utf-8',
  '10000': 'macintosh',
};

interface Group {
  readonly isHidden: boolean;
  /** Characters to leave out behind a `\u`, which has its place-holder there. */
  readonly skip: number;
}

const maxDepth = 500;
// A control word with its number, a symbol, a byte, a bracket, or text.
const token = /\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|([^\\{}]+)/gis;

/** The text of a Rich Text Format file: paragraphs, tables with ` | ` between cells, no headers, fields or pictures. */
export function rtfText(source: string): string {
  const groups: Group[] = [];
  let group: Group = { isHidden: false, skip: 1 };
  let encoding = 'windows-1252';
  let bytes: number[] = [];
  const lines: string[] = [];
  let line = '';
  let left = 0;
  const say = (piece: string): void => {
    if (!group.isHidden) line += piece;
  };
  const endLine = (): void => {
    if (group.isHidden) return;
    while (line.endsWith(' | ')) line = line.slice(0, -3);
    lines.push(line.trimEnd());
    line = '';
  };
  const endBytes = (): void => {
    if (bytes.length > 0) say(new TextDecoder(encoding).decode(Uint8Array.from(bytes)));
    bytes = [];
  };
  for (const match of source.matchAll(token)) {
    const [, word, number, hex, symbol, bracket, plain] = match;
    if (hex === undefined) endBytes();
    if (bracket === '{') {
      if (groups.length < maxDepth) groups.push(group);
    } else if (bracket === '}') {
      group = groups.pop() ?? group;
      left = 0;
    } else if (hex !== undefined) {
      if (left > 0) left -= 1;
      else bytes.push(Number.parseInt(hex, 16));
    } else if (word !== undefined) {
      const name = word.toLowerCase();
      if (name === 'u') {
        say(String.fromCharCode(Number(number) & 0xffff));
        left = group.skip;
      } else if (name === 'uc') group = { ...group, skip: Math.min(Math.max(Number(number), 0), 10) };
      else if (name === 'ansicpg') encoding = codePages[number ?? ''] ?? encoding;
      else if (name === 'mac') encoding = 'macintosh';
      else if (hiddenGroups.has(name) || (name === 'v' && number !== '0')) group = { ...group, isHidden: true };
      else if (lineEnds.has(name)) endLine();
      else say(symbols[name] ?? '');
    } else if (symbol === '*') group = { ...group, isHidden: true };
    else if (symbol !== undefined) {
      const isBreak = symbol === '\n' || symbol === '\r';
      if (isBreak) endLine();
      else say(symbols[symbol] ?? ('{}\\'.includes(symbol) ? symbol : ''));
    } else if (plain !== undefined) {
      // Line ends of the source mean nothing.
      const shown = plain.replaceAll(/[\r\n]+/g, '');
      const cut = Math.min(left, shown.length);
      left -= cut;
      say(shown.slice(cut));
    }
  }
  endBytes();
  endLine();
  return lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}
