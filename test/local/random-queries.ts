import { AppError, messageOf } from '../../src/core/errors.ts';
import type { LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { parseQuery } from '../../src/mail/query/parse-query.ts';
import { queryOperators } from '../../src/mail/query/query-operators.ts';
import { emailAddress } from './temporary-mailbox.ts';

const split = (text: string): readonly string[] => text.split(' ');
const operators = queryOperators.map(({ name }) => `${name}:`);
const words = ['x'.repeat(300), ...split("whale the Zoë straße 鲸鱼 o'hara x_y me ann@example.org İ 5.3 a-b-c")];
/** Terms that are right as they are. */
const terms = [
  ...split(
    'in:inbox in:anywhere in:archive is:unread is:starred in:spam has:attachment has:userlabels category:promotions',
  ),
  ...split(
    'after:2016/01/02 before:01/02/2020 newer_than:3y older_than:5d after:1451606400 larger:1K smaller:2M size:1000',
  ),
  ...split(
    'label:Work/Rome label:work-rome label:nowhere from:me to:ann cc:whale subject:blue filename:pdf list:whale deliveredto:the rfc822msgid:<7@x>',
  ),
  'from:(ann OR zoe)',
  'subject:"blue whale"',
];
const values = [
  ...split('2016-2-30 99999999999999 0 -1 1h 10kb'),
  ...terms.map((term) => term.slice(term.indexOf(':') + 1)),
];
const marks = ['AROUND 5', ...split(`( ) { } " ' - -- + : OR or AND AROUND | * *: / \\`)];
const odd = [
  "'; DROP TABLE message; --",
  '\n',
  '\t',
  ...split('\0 \ud800 \u202e 😀 % _ $1 {subject}: NEAR( <-> !'),
  '\u00a0',
];
const spaces = [' ', ' ', ' ', '', '  '];

/** A text that somebody, or a model, may take for a query; half of them are one, the others are close. */
export function randomQuery(random: () => number): string {
  const any = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  const right = (depth: number): string => {
    const kind = depth > 5 ? 0 : random() * 10;
    if (kind < 3) return any(words);
    if (kind < 6) return any(terms);
    if (kind < 6.5) return `"${any(words)} ${any(words)}"`;
    if (kind < 7.5) return `-${right(depth + 1)}`;
    if (kind < 8) return `${any(words)} AROUND 3 ${any(words)}`;
    const inside = Array.from({ length: 1 + Math.floor(random() * 4) }, () => right(depth + 1));
    return kind < 9 ? `(${inside.join(' ')})` : `{${inside.join(' ')}}`;
  };
  if (random() < 0.5)
    return Array.from({ length: 1 + Math.floor(random() * 4) }, () => right(0)).join(any([' ', ' OR ']));
  const value = () => any(random() < 0.5 ? words : values);
  const term = (): string => {
    const kind = random();
    if (kind < 0.3) return `${random() < 0.2 ? '-' : ''}${any(operators)}${random() < 0.1 ? '"' : ''}${value()}`;
    if (kind < 0.55) return any(words);
    if (kind < 0.85) return any(marks);
    if (kind < 0.93) return any(odd);
    return String.fromCodePoint(Math.floor(random() * 0xd000));
  };
  const length = 1 + Math.floor(random() ** 3 * 60);
  const text = Array.from({ length }, () => `${term()}${any(spaces)}`).join('');
  // Some nested as deep as the language lets them, and deeper.
  const depth = random() < 0.02 ? Math.floor(random() * 200) : 0;
  return `${any(['(', '{', '-(']).repeat(depth)}${text}`.slice(0, random() < 0.01 ? 3000 : 2000);
}

/** Searches for a text; the problem is anything but results and `INVALID_INPUT`. */
export async function tryQuery(
  mailbox: LocalMailbox,
  text: string,
): Promise<{ readonly problem?: string; readonly isQuery: boolean; readonly ms: number }> {
  const startedMs = performance.now();
  let isQuery = false;
  let problem: string | undefined;
  try {
    const query = parseQuery(text, { emailAddress, nowMs: Date.UTC(2026, 5, 15), timeZone: 'UTC' });
    isQuery = true;
    const { messages } = await mailbox.searchMessages({ query, includeSpamTrash: false, maxResults: 20 });
    const { threads } = await mailbox.searchThreads({ query, includeSpamTrash: false, maxResults: 20 });
    if ((messages.length === 0) !== (threads.length === 0))
      problem = 'messages without threads, or threads without any';
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'INVALID_INPUT')) problem = messageOf(error);
  }
  return { ...(problem === undefined ? {} : { problem }), isQuery, ms: performance.now() - startedMs };
}
