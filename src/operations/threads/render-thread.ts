import type { Label } from '../../mail/message.ts';
import { baseSubject } from '../../mail/text/base-subject.ts';
import { clipBodies, type BodyBudget, type ClippedBodies } from '../messages/clip-bodies.ts';
import { headOf, sharedLabels, sharedNames, systemNames, unsharedIds, userNames } from '../messages/label-names.ts';
import type { SharedLabel } from '../messages/label-names.ts';
import type { MessageView } from '../messages/message-schemas.ts';
import { bodyNotes, defaultChars, moreNote, sectionText, shownText } from '../messages/render-body.ts';
import { attachmentLine } from '../messages/render-message.ts';
import type { AnswerText } from '../kernel/answer-text.ts';
import type { Call } from '../kernel/call.ts';
import { countOf, formatMinute, oneLine } from '../kernel/render-text.ts';
import { ThreadPeople } from './thread-people.ts';

/** A thread as it was read, perhaps within a budget. */
interface ThreadView extends ClippedBodies {
  readonly id: string;
}

/** What is the same for all messages of a thread that is rendered. */
interface Surroundings {
  readonly labels: readonly Label[];
  readonly shared: readonly SharedLabel[];
  readonly timeZone: string;
  readonly history: 'folded' | 'full';
}

/** One line of what the server knows of a message. */
function factLine(message: MessageView, number: number, { labels, shared, timeZone, history }: Surroundings): string {
  const names = systemNames(unsharedIds(message.labelIds, shared), labels);
  const text = shownText(message, history);
  const cut = message.remainingChars;
  const facts = [
    ...(names.length === 0 ? [] : [names.join(', ')]),
    ...bodyNotes({ ...message, foldedLines: undefined }, history, timeZone),
    ...(cut === undefined ? [] : [`${countOf(cut, 'character')} ${text === '' ? 'not shown' : 'more'}`]),
  ];
  const date = formatMinute(Number(message.internalDate), timeZone);
  return [`${number} ${message.id} ${date}`, ...facts.map((fact) => fact.replace(/\.$/, ''))].join(', ');
}

/** So many messages in a row of which nothing is shown have one line of facts together. */
const leftOutTogether = 3;

/** The facts of all messages, a line for each that is shown. */
function factLines(
  messages: readonly MessageView[],
  isLeftOut: (message: MessageView) => boolean,
  around: Surroundings,
): readonly string[] {
  const lines: string[] = [];
  let first = 0;
  while (first < messages.length) {
    const shown = messages.findIndex((message, index) => index >= first && !isLeftOut(message));
    const end = shown === -1 ? messages.length : shown;
    const run = messages.slice(first, end);
    if (run.length >= leftOutTogether) lines.push(runLine(run, first + 1));
    else lines.push(...run.map((message, index) => factLine(message, first + index + 1, around)));
    const next = messages[end];
    if (next !== undefined) lines.push(factLine(next, end + 1, around));
    first = end + 1;
  }
  return lines;
}

/** One line for messages in a row of which nothing is shown. */
function runLine(run: readonly MessageView[], number: number): string {
  const left = run.reduce((sum, { remainingChars = 0 }) => sum + remainingChars, 0);
  const what = left === 0 ? 'with a smaller offset' : `${countOf(left, 'character')} not shown`;
  return `${number} to ${number + run.length - 1}: ${countOf(run.length, 'message')}, ${what}`;
}

/** What others wrote around the text of a message, as far as the messages above do not say it. */
function headerLines(
  message: MessageView,
  subject: string,
  people: readonly string[],
  { labels, shared }: Surroundings,
): readonly string[] {
  const names = userNames(unsharedIds(message.labelIds, shared), labels).map((name) => oneLine(name, 80));
  return [
    ...(subject === '' ? [] : [`Subject: ${oneLine(subject)}`]),
    ...people,
    ...(names.length === 0 ? [] : [`Labels: ${names.join(', ')}`]),
    ...attachmentLine(message),
  ];
}

/** The thread within the budget of a caller who names none; within theirs it is already. */
function withinDefault(thread: ThreadView, { maxChars, offset, history }: BodyBudget): ThreadView {
  if (maxChars !== undefined) return thread;
  const { nextOffset, ...clipped } = clipBodies(thread.messages, { maxChars: defaultChars, offset: 0, history });
  return { id: thread.id, ...clipped, ...(nextOffset === undefined ? {} : { nextOffset: nextOffset + offset }) };
}

/** A thread for a model, oldest first, each passage once; where it does not fit, the newest messages are shown. */
export async function renderThread(whole: ThreadView, input: BodyBudget, call: Call): Promise<AnswerText> {
  const { id, messages, remainingChars, nextOffset } = withinDefault(whole, input);
  const labels = await call.mailbox.listLabels();
  const shared = sharedLabels(messages);
  const around: Surroundings = { labels, shared, timeZone: call.timeZone, history: input.history };
  const isLeftOut = (message: MessageView): boolean =>
    shownText(message, input.history) === '' && (input.offset > 0 || message.remainingChars !== undefined);
  const people = new ThreadPeople();
  let subjectBefore: string | undefined;
  const sections = messages.flatMap((message, index) => {
    const text = shownText(message, input.history);
    if (isLeftOut(message)) return [];
    const base = baseSubject(message.subject);
    const subject = base === subjectBefore ? '' : message.subject || '(no subject)';
    subjectBefore = base;
    const header = headerLines(message, subject, people.linesOf(message), around);
    return [{ title: `${index + 1} of ${messages.length}`, text: sectionText(header, message, text, call.timeZone) }];
  });
  const sharedOwn = sharedNames(shared, (label) => userNames([label], labels).map((name) => oneLine(name, 60)));
  const folded = messages.reduce((sum, { foldedLines = 0 }) => sum + foldedLines, 0);
  return [
    [
      headOf(`thread ${id}: ${countOf(messages.length, 'message')}`, shared, labels),
      ...factLines(messages, isLeftOut, around),
    ].join('\n'),
    {
      sections: sections.map(({ title, text }, index) =>
        index === 0
          ? {
              title: `mail, ${title}`,
              text: [...(sharedOwn.length === 0 ? [] : [`Labels: ${sharedOwn.join('; ')}`]), text].join('\n'),
            }
          : { title, text },
      ),
    },
    ...(folded === 0 || input.history === 'full'
      ? []
      : [`${countOf(folded, 'repeated line')} left out: history=full shows them.`]),
    ...moreNote(remainingChars, nextOffset),
  ];
}
