/** Deeper than any message of ours or of a client's, and far from what makes parsing slow. */
const maxDepth = 100;
/** A change names at most 1,000 messages; each list or object costs time and memory. */
const maxParts = 100_000;

/** Index of the quote that ends the string beginning at `start`, or the length of the text. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

/** Whether a text has at most this many of a character. */
function hasFew(text: string, character: string, most: number): boolean {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) {
    count += 1;
    if (count > most) return false;
  }
  return true;
}

/** What makes a text too laborious to parse, or undefined. */
function excessOf(text: string): string | undefined {
  // With so few brackets, in strings or not, it is neither: nearly every text, at a tenth of the cost.
  if (hasFew(text, '[', maxDepth / 2) && hasFew(text, '{', maxDepth / 2)) return undefined;
  let depth = 0;
  let parts = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x22) index = endOfString(text, index);
    else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      parts += 1;
      if (depth > maxDepth) return `lists and objects more than ${maxDepth} levels deep`;
      if (parts > maxParts) return `more than ${maxParts} lists and objects`;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return undefined;
}

const colon = /\s*:/y;

/** A key that an object of a text has twice, or undefined; of a text that is JSON. */
function repeatedKeyIn(text: string): string | undefined {
  /** Of the objects that are open, the keys so far; undefined for lists. */
  const open: (Set<string> | undefined)[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x7b) open.push(new Set());
    else if (code === 0x5b) open.push(undefined);
    else if (code === 0x7d || code === 0x5d) open.pop();
    if (code !== 0x22) continue;
    const end = endOfString(text, index);
    colon.lastIndex = end + 1;
    const keys = open.at(-1);
    if (keys !== undefined && colon.test(text)) {
      const written = text.slice(index + 1, end);
      const key = written.includes('\\') ? String(JSON.parse(`"${written}"`)) : written;
      if (keys.has(key)) return key;
      keys.add(key);
    }
    index = end;
  }
  return undefined;
}

/**
 * The value of a JSON text that a stranger has sent. Throws a `SyntaxError` for what is no JSON, for an object with a key
 * twice, of which others may have read the other one (RFC 8259 section 4), and for lists and objects that are too deep or
 * too many: parsing four megabytes of brackets takes seconds, looking at them milliseconds.
 */
export function parseJson(text: string): unknown {
  const excess = excessOf(text);
  if (excess !== undefined) throw new SyntaxError(excess);
  const value: unknown = JSON.parse(text);
  const key = repeatedKeyIn(text);
  if (key !== undefined) throw new SyntaxError(`the key ${JSON.stringify(key.slice(0, 64))} is there twice`);
  return value;
}
