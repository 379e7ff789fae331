import { windowTexts, type Window } from '../../mail/text/window-texts.ts';
import type { MessageView } from './message-schemas.ts';

/** What a caller wants to be shown of bodies. */
export interface BodyBudget {
  /** Without it all of them are shown. */
  readonly maxChars?: number | undefined;
  /** Where to begin, in characters; 0 is the beginning. */
  readonly offset: number;
  /** Which form of the texts `offset` counts in: without what was said before, or whole. */
  readonly history: 'folded' | 'full';
}

/** Messages within a budget. */
export interface ClippedBodies {
  readonly messages: readonly MessageView[];
  /** Where to go on; undefined where nothing is left. */
  readonly nextOffset?: number | undefined;
  /** Characters from there on. */
  readonly remainingChars: number;
}

type Body = 'text' | 'ownText' | 'html';

/** Characters of each message's body that are shown, the last message first: it is the one most wanted. */
function windowOf(
  messages: readonly MessageView[],
  body: Body,
  { maxChars, offset }: BodyBudget,
): { readonly window: Window; readonly shown: readonly (string | undefined)[] } {
  const texts = messages.map((message) => message[body] ?? '').toReversed();
  const window = windowTexts(texts, { offset, ...(maxChars === undefined ? {} : { maxCharacters: maxChars }) });
  const shown = window.slices.map(({ from, to }, index) => texts[index]?.slice(from, to)).toReversed();
  return { window, shown };
}

/** Some messages' bodies within a budget; a message of which less than all is shown says how much is left. */
export function clipBodies(messages: readonly MessageView[], budget: BodyBudget): ClippedBodies {
  if (budget.maxChars === undefined && budget.offset === 0) return { messages, remainingChars: 0 };
  const counted: Body = messages.some(({ html }) => html !== undefined)
    ? 'html'
    : budget.history === 'full'
      ? 'text'
      : 'ownText';
  const { window } = windowOf(messages, counted, budget);
  const slices = window.slices.toReversed();
  const text = windowOf(messages, 'text', budget).shown;
  const ownText = windowOf(messages, 'ownText', budget).shown;
  const html = windowOf(messages, 'html', budget).shown;
  return {
    messages: messages.map((message, index) => {
      const left = (message[counted]?.length ?? 0) - (slices[index]?.to ?? 0);
      return {
        ...message,
        ...(message.text === undefined ? {} : { text: text[index] }),
        ...(message.ownText === undefined ? {} : { ownText: ownText[index] }),
        ...(message.html === undefined ? {} : { html: html[index] }),
        ...(left > 0 ? { remainingChars: left } : {}),
      };
    }),
    ...(window.nextOffset === undefined ? {} : { nextOffset: window.nextOffset }),
    remainingChars: window.remainingCharacters,
  };
}

/** One message's body within a budget, with where to go on. */
export function clipBody(message: MessageView, budget: BodyBudget): MessageView {
  const { messages, nextOffset } = clipBodies([message], budget);
  return { ...message, ...messages[0], ...(nextOffset === undefined ? {} : { nextOffset }) };
}
