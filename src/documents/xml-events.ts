import { Parser } from 'htmlparser2';

/** What an XML document says, one thing after the other. Prefixes are left on the names: `w:t`. */
export interface XmlHandler {
  readonly open?: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly text?: (text: string) => void;
  readonly close?: (name: string) => void;
}

/** How much is parsed before others get a turn, characters. */
const sliceCharacters = 64_000;

/**
 * Reads XML as events, in linear time and without a tree; entities of a DTD are not expanded. `isEnough` is asked between
 * slices: once it says so, the rest is not read.
 */
export async function readXml(
  bytes: Uint8Array,
  handler: XmlHandler,
  isEnough: () => boolean = () => false,
): Promise<void> {
  const parser = new Parser(
    {
      onopentag: (name, attributes) => handler.open?.(name, attributes),
      ontext: (text) => handler.text?.(text),
      onclosetag: (name) => handler.close?.(name),
    },
    { xmlMode: true, decodeEntities: true },
  );
  const text = decodeXml(bytes);
  for (let at = 0; at < text.length && !isEnough(); at += sliceCharacters) {
    parser.write(text.slice(at, at + sliceCharacters));
    await Promise.resolve();
  }
  parser.end();
}

/** XML by its byte order mark, else UTF-8: office documents are written in nothing else. */
function decodeXml(bytes: Uint8Array): string {
  const isBigEndian = bytes[0] === 0xfe && bytes[1] === 0xff;
  const isLittleEndian = bytes[0] === 0xff && bytes[1] === 0xfe;
  const encoding = isBigEndian ? 'utf-16be' : isLittleEndian ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}
