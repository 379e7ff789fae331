import { AppError } from '../../core/errors.ts';
import type { Address } from '../message.ts';
import { requireAddress, withoutDuplicates } from './address-syntax.ts';

/** Recipients as a caller gives them: `a@b`, `Name <a@b>`, several with commas between or as an array. */
export type RecipientInput = string | readonly string[];

/**
 * The addresses of a recipient field, each once. Throws `INVALID_INPUT` naming the field and the entry: a group, an
 * unclosed quote, anything that is no address. An array entry may hold several, so that none is swallowed by a name.
 */
export function parseRecipients(input: RecipientInput, field: string): Address[] {
  const texts = typeof input === 'string' ? [input] : input;
  const entries = texts.flatMap((text, index) => {
    const place = typeof input === 'string' ? field : `${field}[${index}]`;
    return splitList(text, place).map((entry) => parseEntry(entry, place));
  });
  return withoutDuplicates(entries);
}

/** Splits at the commas outside of quotes and angle brackets. */
function splitList(text: string, field: string): string[] {
  const entries: string[] = [];
  let entry = '';
  let isQuoted = false;
  let isAngled = false;
  const characters = Array.from(text);
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    const isBare = !isQuoted && !isAngled;
    if (isQuoted && character === '\\') {
      entry += character;
      index += 1;
    } else if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && character === '<') isAngled = true;
    else if (!isQuoted && character === '>') isAngled = false;
    else if (isBare && (character === ';' || character === ':')) throw refuseGroup(text, field);
    if (isBare && character === ',') {
      entries.push(entry);
      entry = '';
    } else entry += characters[index] ?? '';
  }
  if (isQuoted || isAngled) throw refuseEntry(text, field, `has ${isQuoted ? 'a quote' : 'a <'} that is not closed`);
  entries.push(entry);
  // A comma too many names nobody; it is no reason to refuse the others.
  return entries.map((one) => one.trim()).filter((one) => one !== '');
}

function parseEntry(entry: string, field: string): Address {
  if (!entry.endsWith('>')) return requireAddress({ name: '', address: entry }, field);
  const start = entry.lastIndexOf('<');
  const phrase = entry.slice(0, start).trim();
  const name = phrase.replaceAll(/"((?:[^"\\]|\\.)*)"/gu, (_all, quoted: string) => quoted.replaceAll(/\\(.)/gu, '$1'));
  if (/<|>/.test(phrase.replaceAll(/"(?:[^"\\]|\\.)*"/gu, ''))) {
    throw refuseEntry(entry, field, 'has two addresses without a comma between');
  }
  return requireAddress({ name, address: entry.slice(start + 1, -1).trim() }, field);
}

function refuseGroup(text: string, field: string): AppError {
  return new AppError('INVALID_INPUT', `${field}: "${text}" is a group, or has a ; or : outside of quotes.`, {
    field,
    expected: 'addresses with commas between',
    got: text,
    hint: 'Name every recipient; put a name that contains ; or : in double quotes.',
  });
}

function refuseEntry(entry: string, field: string, what: string): AppError {
  return new AppError('INVALID_INPUT', `${field}: "${entry}" ${what}.`, {
    field,
    expected: 'name@example.org or Name <name@example.org>',
    got: entry,
  });
}
