import type { IndexedField } from './condition.ts';

/**
 * How a store tells a field's own words from those of the whole message. They are part of what is stored. The body has none:
 * it holds too many words to be stored twice.
 */
export const fieldCodes: Readonly<Record<Exclude<IndexedField, 'body'>, string>> = {
  subject: 's',
  sender: 'f',
  recipients: 't',
  cc: 'c',
  bcc: 'b',
  deliveredTo: 'd',
  list: 'l',
  filename: 'n',
};
