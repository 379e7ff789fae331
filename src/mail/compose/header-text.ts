import { AppError } from '../../core/errors.ts';

/** Controls, and the separators that break a line in some readers. */
const lineBreaking = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** A longer subject is text that went astray. RFC 5322 section 2.1.1 gives a line as many. */
export const maxSubjectCharacters = 998;

/** `id-left@id-right` (RFC 5322 section 3.6.4) as others write it: anything visible, short enough for one line. */
const messageId = /^[!-;=?-~]{1,900}$/;

/**
 * `value` if it can stand in a header as it is. Throws `INVALID_INPUT` naming `field` for a control character (a line
 * break would begin a header of its own, RFC 5322 section 2.2) and for half a character.
 */
export function requireHeaderText(value: string, field: string): string {
  const found = lineBreaking.exec(value);
  if (found !== null) {
    const got = `U+${(found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    throw new AppError('INVALID_INPUT', `${field} contains the control character ${got}.`, {
      field,
      position: found.index,
      expected: 'one line of text without control characters',
      got,
    });
  }
  return requireWholeCharacters(value, field);
}

/** `value` if it is well-formed Unicode. Throws `INVALID_INPUT` naming `field` for a lone surrogate. */
export function requireWholeCharacters(value: string, field: string): string {
  if (value.isWellFormed()) return value;
  throw new AppError('INVALID_INPUT', `${field} contains half a character (a lone surrogate).`, {
    field,
    expected: 'well-formed Unicode',
    hint: 'The text was probably cut in the middle of an emoji.',
  });
}

/** Text of a foreign message as one line that can stand in a header. */
export function asHeaderText(value: string): string {
  return value
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}

/** Whether a message id, without angle brackets, can be written into a header. */
export function isMessageId(id: string): boolean {
  return messageId.test(id);
}
