const maxCharacters = 200_000;

/** The bytes and type that a `data:` address (RFC 2397) brings along; undefined for any other address, or a huge one. */
export function dataOf(address: string): { readonly type: string; readonly bytes: Uint8Array } | undefined {
  if (address.length > maxCharacters) return undefined;
  const match = /^\s*data:([^,;]*)((?:;[^,;]*)*),(.*)$/is.exec(address);
  if (match === null) return undefined;
  const [, type = '', parameters = '', data = ''] = match;
  const decoded = Buffer.from(percentDecoded(data), 'latin1');
  const isBase64 = /;\s*base64\s*$/i.test(parameters);
  return {
    type: type.trim().toLowerCase(),
    bytes: isBase64 ? Buffer.from(decoded.toString('latin1'), 'base64') : decoded,
  };
}

/** The text of a `data:` address of that type. */
export function dataText(address: string, type: string): string | undefined {
  const data = dataOf(address);
  return data?.type === type ? Buffer.from(data.bytes).toString('utf8') : undefined;
}

/** Bytes as Latin-1; characters outside of it as their UTF-8 bytes. */
function percentDecoded(text: string): string {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  return bytes.replaceAll(/%([\da-f]{2})/gi, (_all, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}
