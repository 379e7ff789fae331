import { mail } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import { attacker, friend } from './world.ts';

/** Addresses written so that they look like another, or like one more. */
const disguises: readonly (readonly [title: string, to: string, harmless?: string])[] = [
  ['the known address as a display name', `"${friend}" <${attacker}>`],
  ['the known address as a name without quotes', `${friend} <${attacker}>`],
  ['two addresses in one entry', `${friend}, ${attacker}`],
  ['two addresses with a semicolon', `${friend}; ${attacker}`],
  ['two addresses in one pair of brackets', `<${friend},${attacker}>`],
  ['two pairs of brackets', `<${friend}> <${attacker}>`],
  ['a group', `Friends: ${attacker};`],
  ['a group in a group', `Friends: Family: ${friend}, ${attacker};;`],
  ['a comment behind', `${attacker} (${friend})`],
  ['a comment that seems to end the list', `${friend} (,) ${attacker}`],
  ['a comment inside', `evil(${friend})@attacker.example`],
  [
    'an encoded word with a comma',
    '=?utf-8?q?ann=40example.org=2C_evil=40attacker.example?= <ann@example.org>',
    'a name',
  ],
  ['an encoded word for the whole address', '=?utf-8?b?ZXZpbEBhdHRhY2tlci5leGFtcGxl?='],
  ['an encoded word before the @', '=?utf-8?q?evil?=@attacker.example'],
  ['an address in quotes before the @', `"${attacker},"@example.org`, 'a strange mailbox of the own domain'],
  ['an address in quotes behind a quote', `"a\\"" <${attacker}>`],
  ['a source route', `<@example.org:${attacker}>`],
  ['the percent hack', 'evil%attacker.example@example.org', 'a strange mailbox of the own domain'],
  ['the bang path', 'attacker.example!evil@example.org', 'a strange mailbox of the own domain'],
  ['capital letters', 'EVIL@Attacker.EXAMPLE'],
  ['a plus address', 'evil+ann=example.org@attacker.example'],
  ['a dot at the end of the domain', `${attacker}.`],
  ['dots in full width', 'evil@attacker。example'],
  ['letters in full width', 'evil@ａｔｔａｃｋｅｒ.example'],
  ['an @ in full width', 'evil＠attacker.example'],
  ['a Cyrillic letter in the known address', 'ann@exаmple.org'],
  ['a soft hyphen', 'evil@atta\u00ADcker.example'],
  ['a zero-width space', 'evil@attacker.\u200Bexample'],
  ['a text direction mark', `\u202E${attacker}`],
  ['the known domain as a subdomain', 'ann@example.org.attacker.example'],
  ['the known address as a local part', `${friend}@attacker.example`],
  ['a NUL', `${friend}\u0000, ${attacker}`],
  ['a line break and a header', `${friend}\r\nBcc: ${attacker}`],
  ['a folded line', `${friend},\r\n ${attacker}`],
  ['a bare line feed', `${friend}\nBcc: ${attacker}`],
  ['a bare carriage return', `${friend}\rBcc: ${attacker}`],
  ['a line break in the name', `"Ann\r\nBcc: ${attacker}" <${friend}>`],
  ['a next line character', `${friend}\u0085Bcc: ${attacker}`],
  ['a line separator', `${friend}\u2028Bcc: ${attacker}`],
  ['an address literal', 'evil@[192.0.2.1]'],
  ['a number for a host', 'evil@3221225985'],
];

/** To the attacker under an address that looks like something else. */
export const byDisguise: readonly Attempt[] = disguises.map(([title, to, harmless]): Attempt => ({
  title: `to ${title}`,
  async go({ rest, draftAndSend }) {
    const first = await rest('send_message', { ...mail, to: [to] });
    const second = await draftAndSend({ ...mail, to });
    return first.code === 'OK' ? first : second;
  },
  ...(harmless === undefined ? {} : { harmless }),
}));
