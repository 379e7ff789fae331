/** What the properties of a contact are called for a reader (RFC 6350); others are shown by their own names. */
const titles: Readonly<Record<string, string>> = {
  FN: 'Name',
  ORG: 'Organization',
  TITLE: 'Title',
  TEL: 'Phone',
  EMAIL: 'Email',
  ADR: 'Address',
  URL: 'Web',
  BDAY: 'Birthday',
  NOTE: 'Note',
  ROLE: 'Role',
  NICKNAME: 'Nickname',
};
/** Bytes in text, and what only programs need. */
const leftOut: ReadonlySet<string> = new Set([
  'BEGIN',
  'END',
  'VERSION',
  'PHOTO',
  'LOGO',
  'SOUND',
  'KEY',
  'PRODID',
  'REV',
  'UID',
  'N',
  'SORT-STRING',
]);

function unescaped(text: string): string {
  return text.replaceAll(/\\([nN,;:\\])/g, (_, character: string) =>
    character.toLowerCase() === 'n' ? '\n' : character,
  );
}

/** The value of an old vCard in quoted-printable (vCard 2.1). */
function fromQuotedPrintable(text: string): string {
  const bytes = Buffer.from(
    text.replaceAll(/=\r?\n/g, '').replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => {
      return String.fromCharCode(Number.parseInt(hex, 16));
    }),
    'latin1',
  );
  return bytes.toString('utf8');
}

interface Property {
  /** In capitals. */
  readonly name: string;
  readonly parameters: string;
  readonly value: string;
}

function propertyOf(line: string): Property {
  const [, name = '', parameters = '', value = ''] = /^(?:[\w-]+\.)?([\w-]+)((?:;[^:]*)?):(.*)$/s.exec(line) ?? [];
  return { name: name.toUpperCase(), parameters, value };
}

/** Properties of a card without a formatted name (vCard 2.1): made of the parts of its name, family name first. */
function withName(properties: readonly Property[]): readonly Property[] {
  if (properties.some(({ name }) => name === 'FN')) return properties;
  return properties.map((property) => {
    if (property.name !== 'N') return property;
    const [family = '', given = '', additional = '', prefix = '', suffix = ''] = property.value.split(/(?<!\\);/, 5);
    const value = [prefix, given, additional, family, suffix].filter((part) => part.trim() !== '').join(' ');
    return { ...property, name: 'FN', value };
  });
}

function lineOf({ name, parameters, value }: Property): string | undefined {
  if (name === '' || leftOut.has(name) || value.trim() === '') return undefined;
  const isQuoted = /ENCODING=QUOTED-PRINTABLE/i.test(parameters);
  const plain = isQuoted ? fromQuotedPrintable(value) : value;
  const isStructured = name === 'ADR' || name === 'ORG';
  const text = isStructured
    ? plain
        .split(/(?<!\\);/)
        .map((part) => unescaped(part).trim())
        .filter((part) => part !== '')
        .join(', ')
    : unescaped(plain).replace(/^(?:mailto|tel):/i, '');
  const types = [...parameters.matchAll(/(?:^|;)(?:TYPE=)?"?([a-z]+(?:,[a-z]+)*)"?(?=;|$)/gi)].map(([, type = '']) =>
    type.toLowerCase(),
  );
  const shown = types
    .flatMap((type) => type.split(','))
    .filter((type) => ['home', 'work', 'cell', 'fax'].includes(type));
  return `${titles[name] ?? name}${shown.length === 0 ? '' : ` (${[...new Set(shown)].join(', ')})`}: ${text}`;
}

/** Contacts of a vCard file, each as lines of what a person wants to know, with an empty line between them. */
export function contactText(source: string): string {
  const unfolded = source.replaceAll(/=\r?\n(?!\s)/g, '').replaceAll(/\r?\n[ \t]/g, '');
  return unfolded
    .split(/^BEGIN:VCARD\s*$/im)
    .slice(1)
    .map((card) =>
      withName(card.split(/\r?\n/).map(propertyOf))
        .map(lineOf)
        .filter((line) => line !== undefined)
        .join('\n'),
    )
    .filter((card) => card !== '')
    .join('\n\n');
}
