import { numbersByHost } from '../../mail/blocks/link-list.ts';
import { printableText } from '../../mail/text/printable-text.ts';
import type { MessageView } from './message-schemas.ts';
import { kindLines } from './render-kinds.ts';
import { senderNotes } from './render-sender.ts';
import { countOf, oneLine } from '../kernel/render-text.ts';

/** What a model is shown of one message or thread when it names no budget: about 5,000 tokens. */
export const defaultChars = 20_000;

/** How much of an event's description is shown. */
const maxDescriptionCharacters = 2000;

/** More hosts than this are counted, not listed. */
const listedHosts = 20;

/** The text of a message that is shown. */
export function shownText({ text, ownText, html }: MessageView, history: 'folded' | 'full'): string {
  return html ?? (history === 'full' ? text : ownText) ?? text ?? '';
}

/** `Links: click.x.example 1-40; shop.example 41, 43`, as far as the text that is shown has those links. */
function linkLine({ linkHosts = [] }: MessageView, text: string): readonly string[] {
  const shown = new Set(Array.from(text.matchAll(/\[(\d{1,6})(?=[\]:])/g), ([, number]) => Number(number)));
  const here = linkHosts.filter(({ number }) => shown.has(number));
  const hosts = numbersByHost(here.map(({ host, number }) => ({ host: oneLine(host, 80), number })));
  if (hosts.length === 0) return [];
  const more = hosts.length - listedHosts;
  return ['', `Links: ${hosts.slice(0, listedHosts).join('; ')}${more > 0 ? `; ${countOf(more, 'more host')}` : ''}`];
}

/** What an event is about stands in its description where the message has no text. */
function descriptionOf({ kinds = [] }: MessageView): string {
  const event = kinds.find((kind) => kind.kind === 'invitation');
  return event === undefined ? '' : printableText(event.description).slice(0, maxDescriptionCharacters);
}

/** A message as one section of a fence: its header, an empty line, its text, and where its links lead. */
export function sectionText(header: readonly string[], message: MessageView, shown: string, timeZone: string): string {
  const reason = message.problem === undefined ? [] : [`(${oneLine(message.problem, 300)})`];
  const kindWords = (message.kinds ?? []).flatMap((kind) => kindLines(kind, timeZone).words);
  const text = shown === '' ? descriptionOf(message) : shown;
  return [...header, ...kindWords, ...reason, ...(text === '' ? [] : ['', text]), ...linkLine(message, text)].join(
    '\n',
  );
}

/** What the server has to say of how a body is shown, in words of ours. */
export function bodyNotes(message: MessageView, history: 'folded' | 'full', timeZone: string): readonly string[] {
  const { problem, hiddenChars, hiddenText, foldedLines, plainDiffers, sender, kinds = [], notes = [] } = message;
  return [
    ...senderNotes(sender),
    ...kinds.flatMap((kind) => kindLines(kind, timeZone).facts),
    ...(problem === undefined ? [] : ['Only the header could be read.']),
    ...notes,
    ...(hiddenChars === undefined
      ? []
      : [
          `${countOf(hiddenChars, 'hidden character')} left out${hiddenText === undefined ? ': hidden=true shows them' : ''}.`,
        ]),
    ...(plainDiffers === true ? ['The plain text part says something else: body=plain shows it.'] : []),
    ...(foldedLines === undefined || history === 'full'
      ? []
      : [`${countOf(foldedLines, 'quoted line')} of earlier messages left out: history=full shows them.`]),
  ];
}

/** Where a cut text goes on; nothing where it was not cut. */
export function moreNote(remaining: number | undefined, nextOffset: number | undefined): readonly string[] {
  if (nextOffset === undefined) return [];
  return [`More: ${countOf(remaining ?? 0, 'character')}, with offset ${nextOffset}.`];
}
