/** Attributes that only say how something looks; any other is dropped unless it is treated below. */
const plainAttributes = new Set(
  'abbr align alt bgcolor border cellpadding cellspacing color colspan dir face height lang reversed rowspan scope size span start summary title type valign value width'.split(
    ' ',
  ),
);

/** Properties that can neither fetch anything nor move an element out of its place. */
const safeProperty =
  /^(?:background(?:-color)?|border(?:-[a-z-]+)?|border-radius|box-sizing|clear|color|direction|display|float|font(?:-[a-z-]+)?|height|hyphens|letter-spacing|line-height|list-style(?:-type|-position)?|margin(?:-[a-z]+)?|max-height|max-width|min-height|min-width|overflow-wrap|padding(?:-[a-z]+)?|table-layout|text-(?:align|decoration|indent|transform)(?:-[a-z]+)?|unicode-bidi|vertical-align|white-space|width|word-break|word-spacing|word-wrap|mso-[a-z-]+)$/;

/** Nothing of these is needed to look right, and each can hide an address or end the attribute. */
const unsafeValue = /var\(|url|image|expression|[\\<>@{}]|\/\*|javascript|&/i;

const maxStyleCharacters = 4000;

/**
 * The attributes of a foreign element that can be passed on, decoded; events, ids and addresses of scripts are not. A
 * picture of the message itself gets the content id that `contentIds` has for its own.
 */
export function safeAttributes(
  name: string,
  attributes: Readonly<Record<string, string>>,
  contentIds: ReadonlyMap<string, string>,
): readonly (readonly [name: string, value: string])[] {
  const kept: (readonly [string, string])[] = [];
  for (const [key, value] of Object.entries(attributes)) {
    if (plainAttributes.has(key)) kept.push([key, value]);
    else if (key === 'style') keep(kept, 'style', safeStyle(value));
    else if (key === 'class') keep(kept, 'class', gmailClasses(value));
    else if (key === 'href' && name === 'a') keep(kept, 'href', safeAddress(value, ['http', 'https', 'mailto', 'tel']));
    else if (key === 'src' && name === 'img') keep(kept, 'src', pictureAddress(value, contentIds));
    else if (key === 'background') keep(kept, 'background', safeAddress(value, ['http', 'https']));
    else if (key === 'cite' && name === 'blockquote') keep(kept, 'cite', safeAddress(value, ['http', 'https', 'mid']));
  }
  return kept;
}

function keep(kept: (readonly [string, string])[], name: string, value: string): void {
  if (value !== '') kept.push([name, value]);
}

/** The address if it has one of the schemes, else nothing. Browsers pass over white space and controls in a scheme. */
export function safeAddress(address: string, schemes: readonly string[]): string {
  const url = address.replaceAll(/[\p{Cc}]+/gu, '').trim();
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? '';
  return schemes.includes(scheme) ? url : '';
}

function pictureAddress(value: string, contentIds: ReadonlyMap<string, string>): string {
  const address = safeAddress(value, ['http', 'https', 'cid']);
  if (!/^cid:/i.test(address)) return address;
  const id = address.slice('cid:'.length);
  const newId = contentIds.get(id) ?? contentIds.get(percentDecode(id));
  return newId === undefined ? '' : `cid:${newId}`;
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function safeStyle(style: string): string {
  if (style.length > maxStyleCharacters) return '';
  const declarations = style.split(';').flatMap((declaration) => {
    const colon = declaration.indexOf(':');
    const property = declaration.slice(0, Math.max(0, colon)).trim().toLowerCase();
    const value = declaration.slice(colon + 1).trim();
    return safeProperty.test(property) && value !== '' && !unsafeValue.test(value) ? [`${property}:${value}`] : [];
  });
  return declarations.join(';');
}

/** Gmail folds quotes by their class; any other class would meet style sheets it was not made for. */
function gmailClasses(value: string): string {
  return value
    .split(/\s+/)
    .filter((name) => /^gmail_(?:quote|attr|signature|extra)[\w-]*$/.test(name))
    .join(' ');
}
