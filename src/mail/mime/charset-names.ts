/** A charset as a message names it, brought to one name; undefined for names that say nothing. */
export function charsetName(label: string): string | undefined {
  const name = label.trim().replaceAll(/["']/g, '').toLowerCase();
  if (name.length > 40 || saysNothing.has(name)) return undefined;
  const known = aliases.get(name);
  if (known !== undefined) return known;
  const codePage = /^(?:windows|win|cp|ms|x-cp|ibm)?[-_ ]?(125[0-8])$/.exec(name)?.[1];
  if (codePage !== undefined) return `windows-${codePage}`;
  const latin = /^(?:x-)?(?:iso)?[-_ ]?8859[-_ ]?(\d{1,2})(?![\d])/.exec(name)?.[1];
  // The C1 controls of ISO 8859-1 are printable characters in the mail that has them.
  if (latin === '1') return 'windows-1252';
  return latin === undefined ? name : `iso-8859-${latin}`;
}

/** Labels that programs write when they do not know. */
const saysNothing: ReadonlySet<string> = new Set(
  ' unknown unknown-8bit x-unknown default default_charset x-user-defined binary 8bit none undefined null auto'.split(
    ' ',
  ),
);

/** Names of each charset in mail beside its own. The wider charset is meant where a program names the narrower one. */
const names: Readonly<Record<string, string>> = {
  'us-ascii': 'ascii ansi_x3.4-1968 ansi_x3.4-1986 iso646-us iso-ir-6 iso_646.irv:1991 us 7bit cp367',
  'utf-8': 'utf8 utf_8 utf8mb3 utf8mb4 cp65001 unicode-1-1-utf-8 x-utf-8 utf-8-sig',
  'windows-1252': 'latin1 latin-1 l1 iso-ir-100 cp819 ibm819 ansi',
  'utf-16': 'utf16 unicode ucs-2 iso-10646-ucs-2 csunicode',
  'utf-16le': 'utf16le utf-16-le',
  'utf-16be': 'utf16be utf-16-be unicodefffe',
  'utf-32': 'utf32 ucs-4 iso-10646-ucs-4',
  'utf-32le': 'utf32le utf-32-le',
  'utf-32be': 'utf32be utf-32-be',
  'utf-7': 'utf7 unicode-1-1-utf-7 x-unicode-1-1-utf-7 csunicode11utf7',
  gb18030:
    'gb2312 gbk gb_2312 gb_2312-80 gb2312-80 x-gbk cp936 ms936 windows-936 euc-cn euccn cn-gb chinese csgb2312 iso-ir-58',
  big5: 'big5-hkscs big5hkscs big5-eten cn-big5 x-x-big5 x-big5 csbig5 cp950 ms950 windows-950 big5_hkscs',
  shift_jis: 'shift-jis sjis x-sjis ms_kanji csshiftjis cp932 ms932 windows-31j windows-932 shift_jis-2004',
  'euc-jp': 'eucjp euc_jp x-euc-jp x-euc ujis cseucpkdfmtjapanese cp51932',
  'iso-2022-jp':
    'iso2022-jp iso2022jp iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 iso-2022-jp-ms csiso2022jp x-iso-2022-jp cp50220 cp50221 cp50222 jis _iso-2022-jp$esc',
  'iso-2022-kr': 'csiso2022kr iso2022-kr',
  'iso-2022-cn': 'csiso2022cn iso2022-cn',
  'hz-gb-2312': 'hz',
  'euc-kr':
    'euckr euc_kr cp949 ms949 uhc windows-949 x-windows-949 ks_c_5601 ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 korean cseuckr iso-ir-149',
  'windows-874': 'tis-620 tis620 cp874 ms874 iso-8859-11 dos-874',
  'koi8-r': 'koi8 koi8_r koi cskoi8r koi8r',
  'koi8-u': 'koi8u koi8_u',
  maccenteuro: 'x-mac-ce macce x-mac-centraleurroman x-mac-centraleurope',
  macturkish: 'x-mac-turkish',
  macgreek: 'x-mac-greek',
  maciceland: 'x-mac-icelandic',
  macromania: 'x-mac-romanian',
  maccroatian: 'x-mac-croatian',
};

const aliases: ReadonlyMap<string, string> = new Map(
  Object.entries(names).flatMap(([name, others]) =>
    [name, ...others.split(' ')].map((alias): [string, string] => [alias, name]),
  ),
);
