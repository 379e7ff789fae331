import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { foldThread } from '../../../src/mail/thread/fold-thread.ts';
import { clientStyles, mark, wrap, type WrittenMessage } from './client-styles.ts';

const people = [
  { name: 'Ann Lee', address: 'ann@example.org' },
  { name: 'Bob Ray', address: 'bob@corp.example' },
  { name: 'Жанна Ким', address: 'zk@почта.example' },
  { name: 'O’Neil, Pat', address: 'pat.oneil@example.net' },
  { name: '', address: 'list@example.com' },
] as const;

const common =
  'the of to and we you it is for that on with this was not be are have will can please see fine but'.split(' ');

/** Lines that people write again and again. */
const stock = [
  'Thanks!',
  'OK',
  'Yes.',
  'I think so.',
  'Agreed, thanks.',
  'Best regards,',
  'No problem at all.',
  'Fine with me.',
  'PS: bring the key of the shed.',
];

const word = fc.oneof(
  { arbitrary: fc.constantFrom(...common), weight: 3 },
  {
    arbitrary: fc.string({
      unit: fc.constantFrom(...Array.from('abcdefghijklmnoprstuvz')),
      minLength: 4,
      maxLength: 9,
    }),
    weight: 2,
  },
);
const sentence = fc.array(word, { minLength: 2, maxLength: 40 }).map((words) => `${words.join(' ')}.`);
const line = fc.oneof({ arbitrary: sentence, weight: 4 }, { arbitrary: fc.constantFrom(...stock), weight: 2 });
const paragraphs = fc.array(line, { minLength: 1, maxLength: 4 });

interface Step {
  readonly author: number;
  readonly own: readonly string[];
  readonly style: string;
  readonly repliesTo: number;
  readonly inline: 'no' | 'marked' | 'unmarked';
}
const step: fc.Arbitrary<Step> = fc.record({
  author: fc.nat(people.length - 1),
  own: paragraphs,
  style: fc.constantFrom(...Object.keys(clientStyles)),
  repliesTo: fc.nat(2),
  inline: fc.constantFrom('no', 'no', 'no', 'no', 'marked', 'unmarked'),
});

/** Answers between the paragraphs of what is answered, which is marked as a quote or, as in Outlook, is not. */
function inline(own: readonly string[], { author, subject, text }: WrittenMessage, isMarked: boolean): string {
  const parts = text.split('\n\n');
  const lines = parts.flatMap((part, index) => [
    isMarked ? mark(wrap(part, 70)) : part,
    ...(own[index] === undefined ? [] : [own[index]]),
  ]);
  const introduction = isMarked
    ? `${author.name} wrote:\n\n`
    : `From: ${author.name} <${author.address}>\nSent: Monday\nTo: x\nSubject: ${subject}\n`;
  return introduction + [...lines, ...own.slice(parts.length)].join(isMarked ? '\n\n' : '\n');
}

function write(
  steps: readonly Step[],
): readonly { readonly message: WrittenMessage; readonly own: readonly string[] }[] {
  const thread: { message: WrittenMessage; own: readonly string[] }[] = [];
  for (const [index, { author, own, style, repliesTo, inline: kind }] of steps.entries()) {
    const original = thread[Math.max(0, index - 1 - repliesTo)]?.message;
    const answer = own.join('\n\n');
    const text =
      original === undefined
        ? answer
        : kind !== 'no'
          ? inline(own, original, kind === 'marked')
          : (clientStyles[style]?.(answer, original) ?? answer);
    const message = {
      messageId: `${index}@made-up.example`,
      references: original === undefined ? [] : [original.messageId],
      author: people[author] ?? people[0],
      date: new Date(Date.UTC(2026, 10, 1 + index, 9, 15)),
      subject: 'Re: roof',
      text,
    };
    // Without a mark, nobody can tell an answer from a line of the quote, or of another answer, that says the same, or
    // `PS: …` from one more field of the block above it.
    const isAmbiguous = (line: string): boolean =>
      kind === 'unmarked' && (/^[A-Z]+: /.test(line) || thread.some(({ message }) => message.text.includes(line)));
    thread.push({ message, own: original === undefined ? own : own.filter((line) => !isAmbiguous(line)) });
  }
  return thread;
}

function squeezed(text: string): string {
  return ` ${text.replaceAll(/\s+/g, ' ')} `;
}

test('no own line of a thread is lost, whatever program wrote it', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 7 }), (steps) => {
      const thread = write(steps);
      const folded = foldThread(thread.map(({ message }) => message));
      for (const [index, { own, message }] of thread.entries()) {
        const text = squeezed(folded[index]?.text ?? '');
        for (const line of own)
          assert.ok(
            text.includes(` ${squeezed(line).trim()} `),
            `lost from ${index}: ${line}\n=== sent\n${message.text}\n=== shown\n${folded[index]?.text}`,
          );
      }
    }),
    { numRuns: Number(process.env.RUNS ?? 400) },
  );
});

test('a thread in any style costs little more than what its people wrote', () => {
  const words = (text: string) => text.split(/\s+/).length;
  for (const style of Object.keys(clientStyles)) {
    let own = 0;
    let shown = 0;
    for (const steps of fc.sample(fc.array(step, { minLength: 5, maxLength: 5 }), { numRuns: 40, seed: 1 })) {
      const thread = write(steps.map((one) => ({ ...one, style, inline: 'no' as const })));
      own += thread.reduce((sum, one) => sum + words(one.own.join(' ')), 0);
      shown += foldThread(thread.map(({ message }) => message)).reduce((sum, { text }) => sum + words(text), 0);
    }
    assert.ok(shown / own <= 1.3, `${style}: ${shown} words for ${own}`);
  }
});

test('a few short lines that two people write the same are said by both', () => {
  const lines = 'That is fine with me.\nSee you there.\nBest regards,';
  const [author, other] = [people[0], people[1]];
  const folded = foldThread([
    { text: `Shall we meet on Monday?\n\n${lines}\nAnn`, author, messageId: '1@x', references: [] },
    { text: `Monday it is, at nine o'clock.\n\n${lines}\nBob`, author: other, messageId: '2@x', references: ['1@x'] },
  ]);
  assert.ok(folded[1]?.text.includes(lines), folded[1]?.text);
  assert.equal(folded[1]?.foldedLines, 0);
});

/** Three messages, each above all that was said before. */
function foldedPile(texts: readonly string[]): readonly string[] {
  const messages: { text: string; author: (typeof people)[number]; messageId: string; references: string[] }[] = [];
  for (const [index, own] of texts.entries()) {
    const before = messages.at(-1);
    const { name, address } = before?.author ?? people[0];
    const quoted = before === undefined ? '' : `\n\nFrom: ${name} <${address}>\nTo: x\nSubject: y\n\n${before.text}`;
    const references = messages.map(({ messageId }) => messageId);
    messages.push({
      text: `${own}${quoted}`,
      author: people[index] ?? people[0],
      messageId: `${index}@x.example`,
      references,
    });
  }
  return foldThread(messages).map(({ text }) => text);
}

test('what begins as something else did is known, and so is text without spaces between words', () => {
  for (const texts of [
    [
      'The truck is late again, tell Harold.',
      'The truck is here, Harold has unloaded the boxes except the blue ones.',
      'Fine, then we can leave on Thursday.',
    ],
    [
      'トラックがまた遅れているとハロルドに伝えてください。',
      'トラックが到着し、ハロルドは青い箱以外をすべて降ろしました。',
      '青い箱は木曜日まで待てます。',
    ],
    ['กรุณาส่งคำสั่งซื้อทิวลิปไปที่คลังสินค้าก่อนเที่ยง', 'รถบรรทุกมาถึงแล้วและขนกล่องทั้งหมดลงยกเว้นกล่องสีน้ำเงิน', 'กล่องสีน้ำเงินรอถึงวันพฤหัสบดีได้'],
  ])
    assert.deepEqual(foldedPile(texts), texts);
});

test('a tick or a picture in front of a line that was said before is an answer', () => {
  const tasks = [
    'Ship the tulips before noon to the warehouse in the harbour',
    'Tell Harold that the truck is late again and that he has to wait',
    'Pay the invoice to the harbour bank until Friday',
  ];
  const done = ['✅', '❌', '✓'].map((mark, index) => `${mark} ${tasks[index]}`).join('\n');
  const [author, other] = [people[0], people[1]];
  const [, answer] = foldThread([
    { text: tasks.join('\n'), author, messageId: '1@x', references: [] },
    { text: done, author: other, messageId: '2@x', references: ['1@x'] },
  ]);
  assert.equal(answer?.text, done);
});
