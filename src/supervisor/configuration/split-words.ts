/**
 * Splits a command line into words as a POSIX shell does, without expanding anything (Python's `shlex.split`).
 * Throws an Error that says which quotation or escape is not closed.
 */
export function splitCommand(command: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let index = 0; index < command.length; index++) {
    const character = command.charAt(index);
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else if (character === '\\' && quote === '"') {
        const next = command.charAt(++index);
        if (next === '') throw new Error('a closing quotation mark');
        word = (word ?? '') + (next === '"' || next === '\\' ? next : character + next);
      } else word = (word ?? '') + character;
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (character === '\\') {
      const next = command.charAt(++index);
      if (next === '') throw new Error('a character after the backslash');
      word = (word ?? '') + next;
    } else word = (word ?? '') + character;
  }
  if (quote !== undefined) throw new Error('a closing quotation mark');
  if (word !== undefined) words.push(word);
  return words;
}

const isWordCharacter = (character: string): boolean => /[\w/.+\-():]/.test(character);

/** The tokens of Python's non-POSIX `shlex` with `/.+-():` as further word characters, which `environment=` is read with. */
function shlexTokens(text: string): readonly string[] {
  const tokens: string[] = [];
  let index = 0;
  while (index < text.length) {
    const character = text.charAt(index);
    const start = index++;
    if (/[ \t\r\n]/.test(character)) continue;
    if (character === '#') {
      index = endOfLine(text, start);
    } else if (character === '"' || character === "'") {
      const end = text.indexOf(character, index);
      if (end < 0) throw new Error('a closing quotation mark');
      index = end + 1;
      tokens.push(text.slice(start, index));
    } else if (isWordCharacter(character)) {
      let token = character;
      for (; index < text.length; index++) {
        const next = text.charAt(index);
        if (next === '#') index = endOfLine(text, index) - 1;
        else if (isWordCharacter(next) || next === '"' || next === "'") token += next;
        else break;
      }
      tokens.push(token);
    } else tokens.push(character);
  }
  return tokens;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}

/**
 * Reads `KEY=val,KEY2="val, with comma"`, the form of `environment=`. Quotes around a value fall off.
 * Throws an Error that says what was expected.
 */
export function parseKeyValuePairs(text: string): Readonly<Record<string, string>> {
  const tokens = shlexTokens(text);
  const pairs: Record<string, string> = {};
  for (let index = 0; index < tokens.length; index += 4) {
    const [key, equals, value] = tokens.slice(index, index + 3);
    if (key === undefined || equals !== '=' || value === undefined) {
      throw new Error('KEY="value",KEY2="value" (a value with other than letters, digits and _/.+-(): in quotes)');
    }
    pairs[key] = value.replace(/^['"]+|['"]+$/g, '');
  }
  return pairs;
}
