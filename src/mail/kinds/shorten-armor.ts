/** Kinds of OpenPGP armour (RFC 9580 section 6.2) with what a reader is told of them. */
const kinds: Readonly<Record<string, string>> = {
  'PGP MESSAGE': 'encrypted OpenPGP message',
  'PGP SIGNATURE': 'OpenPGP signature',
  'PGP PUBLIC KEY BLOCK': 'OpenPGP public key',
  'PGP PRIVATE KEY BLOCK': 'OpenPGP private key',
};

/** What OpenPGP did to the text of a message. */
export interface Armored {
  /** With one line in place of each block of armour, the text that was signed as it is. */
  readonly text: string;
  readonly isEncrypted: boolean;
  readonly isSigned: boolean;
}

const beginning = /^-----BEGIN (PGP [A-Z ]+)-----$/;

/** A text without the armour of OpenPGP, which says nothing to a reader and costs thousands of tokens. */
export function shortenArmor(text: string): Armored {
  if (!text.includes('-----BEGIN PGP ')) return { text, isEncrypted: false, isSigned: false };
  const shown: string[] = [];
  let isEncrypted = false;
  let isSigned = false;
  let ending: string | undefined;
  let left = 0;
  let title = '';
  for (const line of text.split('\n')) {
    const bare = line.trim();
    if (ending !== undefined) {
      left += line.length;
      if (bare !== ending) continue;
      shown.push(`[${title}, ${left} characters]`);
      ending = undefined;
      continue;
    }
    const [, name = ''] = beginning.exec(bare) ?? [];
    if (name === 'PGP SIGNED MESSAGE') isSigned = true;
    else if (kinds[name] === undefined) {
      if (!(isSigned && /^(?:Hash|Charset): \S+$/.test(bare))) shown.push(line);
    } else {
      if (name === 'PGP MESSAGE') isEncrypted = true;
      title = kinds[name];
      ending = `-----END ${name}-----`;
      left = line.length;
    }
  }
  if (ending !== undefined) shown.push(`[${title}, ${left} characters, cut off]`);
  return { text: shown.join('\n').trim(), isEncrypted, isSigned };
}
