import { LinkList } from '../../src/mail/blocks/link-list.ts';
import { parseHeadersOnly, parseMime } from '../../src/mail/mime/parse-mime.ts';
import { bodyText, type BodyContent } from '../../src/mail/text/body-text.ts';
import { printableText } from '../../src/mail/text/printable-text.ts';
import { foldThread } from '../../src/mail/thread/fold-thread.ts';
import { isHeavyBody } from '../../src/parser/body-text-within.ts';

/** A kind of input: a whole message, or the HTML of one. */
export type InputKind = 'mail' | 'html';

/** What a light body may take: it is read in the server, where others wait. */
const lightMs = 400;
/** What anything may take, and more for each character: reading is linear. */
const heavyMs = 1500;
const msForCharacter = 0.02;

/** Everything that a terminal obeys or that shows nothing, tab and line feed excepted. */
const unprintable = /(?![\t\n])\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Cs}/u;

/** A busy machine, and what is loaded at first use, take time too: what takes too long has to do so each time. */
const attempts = 3;

/** Reads an input (one character a byte) as the servers do; returns what is wrong, undefined where nothing is. */
export async function problemOf(kind: InputKind, input: string): Promise<string | undefined> {
  let problem: string | undefined;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    problem = await problemOnce(kind, input);
    if (problem?.startsWith('takes') !== true) break;
  }
  return problem;
}

async function problemOnce(kind: InputKind, input: string): Promise<string | undefined> {
  const bytes = Buffer.from(input, kind === 'mail' ? 'latin1' : 'utf8');
  const before = process.threadCpuUsage();
  let content: BodyContent;
  let isLight = false;
  let text: string;
  try {
    if (kind === 'mail') {
      parseHeadersOnly(bytes);
      content = await parseMime(bytes);
    } else content = { html: input };
    isLight = !isHeavyBody(content);
    const links = new LinkList();
    text = printableText(bodyText(content, links).text);
    const author = { name: 'Ann', address: 'ann@example.org' };
    foldThread([
      { text, author, messageId: 'a', references: [] },
      { text: `No.\n\nAnn wrote:\n${text}`, author, messageId: 'b', references: ['a'] },
    ]);
  } catch (error) {
    return `throws ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  const { user, system } = process.threadCpuUsage(before);
  const ms = (user + system) / 1000;
  const mostMs = (isLight ? lightMs : heavyMs) + input.length * msForCharacter;
  if (ms > mostMs) return `takes ${Math.round(ms)} ms of processor time, ${Math.round(mostMs)} at most`;
  const found = unprintable.exec(text)?.[0];
  if (found !== undefined) return `shows U+${found.codePointAt(0)?.toString(16)}`;
  return undefined;
}
