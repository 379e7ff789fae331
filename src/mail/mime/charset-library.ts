import iconv from 'iconv-lite';
import { detect } from 'jschardet';
import { bufferOn } from './bytes.ts';
import { charsetName } from './charset-names.ts';
import type { Charsets } from './charsets.ts';
import { basicCharsets, decodeWithNode, eightBitOfShifts } from './charsets.ts';

/** Every charset that mail was found in. Loaded when a message needs it: the statistics take 100 ms and 60 MB. */
export function libraryCharsets(): Charsets {
  const basic = basicCharsets();
  return {
    detect: detectCharset,
    decode: (bytes, charset) => decodeWithLibrary(bufferOn(bytes), charset) ?? basic.decode(bytes, charset),
  };
}

/** Where iconv-lite's table is the one that mail is written in, and Node's is not. */
const libraryNames: Readonly<Record<string, string>> = { 'euc-kr': 'cp949', big5: 'big5hkscs' };

function decodeWithLibrary(bytes: Buffer, charset: string): string | undefined {
  if (charset === 'iso-2022-kr') return iconv.decode(eightBitOfShifts(bytes), 'cp949');
  const name = libraryNames[charset] ?? charset.replace(/^(?:dos|pc|ibm|oem)[-_ ]?(?=\d{3}$)/, 'cp');
  const isOfNode = libraryNames[charset] === undefined && decodeWithNode(emptyBytes, charset) !== undefined;
  return isOfNode || !iconv.encodingExists(name) ? undefined : iconv.decode(bytes, name);
}

const emptyBytes = Buffer.alloc(0);

/** Charsets of languages whose letters are Latin with a few others between them, and of all the others. */
const latin = ['windows-1252', 'windows-1250', 'iso-8859-2', 'windows-1254', 'windows-1257', 'windows-1258'];
const other =
  'windows-1251 cp866 koi8-r koi8-u iso-8859-5 windows-1253 windows-1255 windows-1256 cp874 shift_jis_2004 cp932 euc-jp gb18030 big5hkscs cp949'.split(
    ' ',
  );

/**
 * A letter of another script stands beside others of it, one of a Latin language mostly alone in its word; where two meet
 * (`Größe`), most letters around them are ASCII.
 */
const latinRun = 1.5;
const rareRun = 2.1;
const rareShare = 0.3;

/** How much likelier than windows-1252, in which most unlabelled mail is, another Latin charset has to be. */
const latinFactor = 1.4;

function detectCharset(input: Uint8Array): string {
  const bytes = bufferOn(input);
  const isLatin = looksLatin(bytes);
  const best = detect(bytes, { detectEncodings: ['windows-1252', ...(isLatin ? latin : other)] });
  const found = best.encoding?.toLowerCase() ?? 'windows-1252';
  if (!isLatin || found === 'windows-1252') return charsetName(found) ?? found;
  const western = detect(bytes, { detectEncodings: ['windows-1252'] });
  return best.confidence > latinFactor * western.confidence ? (charsetName(found) ?? found) : 'windows-1252';
}

/** By how many bytes above 127 stand together on average, and how many of the letters they are. */
function looksLatin(bytes: Buffer): boolean {
  let runs = 0;
  let highBytes = 0;
  let asciiLetters = 0;
  let isInRun = false;
  for (const byte of bytes) {
    const isHigh = byte > 0x7f;
    if (isHigh) highBytes += 1;
    if (isHigh && !isInRun) runs += 1;
    const folded = byte | 0x20;
    if (folded >= 0x61 && folded <= 0x7a) asciiLetters += 1;
    isInRun = isHigh;
  }
  const meanRun = highBytes / Math.max(1, runs);
  return meanRun < latinRun || (meanRun < rareRun && highBytes < rareShare * (highBytes + asciiLetters));
}
