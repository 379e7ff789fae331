import type { Block } from '../blocks/block.ts';
import { blocksOfText } from '../blocks/blocks-of-text.ts';
import type { LinkList } from '../blocks/link-list.ts';
import { writeText } from '../blocks/write-text.ts';
import { writeTypedText } from '../blocks/write-typed-text.ts';
import { blocksOfHtml, type HtmlBlocks } from '../html/blocks-of-html.ts';
import type { MailContent } from '../message.ts';
import { compareTexts } from './compare-texts.ts';
import { htmlSaysMore } from './html-says-more.ts';
import { removeInvisible } from './invisible-characters.ts';

/** The body of a message as a person sees it. */
interface Body {
  readonly blocks: readonly Block[];
  /** Characters that are left out because nobody sees them. */
  readonly hiddenCharacters: number;
  /** What they say, as far as it is words. */
  readonly hiddenText: string;
  /** Whether the plain text beside the HTML says something else than what is seen. */
  readonly isPlainDifferent: boolean;
  /** What the reader has to know besides, in sentences without a word of the sender's. */
  readonly notes: readonly string[];
}

/** A body written out. */
export interface BodyText extends Omit<Body, 'blocks'> {
  readonly text: string;
}

/** What a body is read from; of attachments, the ids that its HTML names. */
export type BodyContent = Pick<MailContent, 'text' | 'html'> & {
  readonly attachments?: readonly { readonly contentId?: string }[];
};

/**
 * The body of a message: its HTML, as that is what a person sees; its plain text where there is no HTML, or where both
 * have the same words and the HTML says no more than that, as that is how they were typed.
 */
function bodyOf({ text, html, attachments }: BodyContent): Body {
  const plain = removeInvisible(text ?? '');
  const plainBody: Body = {
    blocks: blocksOfText(plain.text),
    hiddenCharacters: plain.removed,
    hiddenText: '',
    isPlainDifferent: false,
    notes: [],
  };
  if (html === undefined) return plainBody;
  const contentIds = new Set(attachments?.map(({ contentId }) => contentId).filter((id) => id !== undefined));
  const rich = blocksOfHtml(html, { contentIds });
  const comparison = compareTexts(plain.text, writeText(rich.blocks));
  const { hiddenCharacters, hiddenText } = rich;
  if (comparison === 'same' && !htmlSaysMore(rich.blocks, plain.text)) {
    // What nobody sees is told of whichever of the two is shown.
    return {
      ...plainBody,
      hiddenCharacters: Math.max(plain.removed, hiddenCharacters),
      hiddenText,
      notes: rich.notes,
    };
  }
  const notes = [...emptyNote(rich), ...rich.notes];
  return { blocks: rich.blocks, hiddenCharacters, hiddenText, isPlainDifferent: comparison === 'different', notes };
}

/** The body of a message as text. With `links`, links are numbered there; without, their addresses follow them. */
export function bodyText(content: BodyContent, links?: LinkList): BodyText {
  if (content.html === undefined && links === undefined) {
    const { text, removed } = removeInvisible(content.text ?? '');
    return {
      text: writeTypedText(text),
      hiddenCharacters: removed,
      hiddenText: '',
      isPlainDifferent: false,
      notes: [],
    };
  }
  const { blocks, ...facts } = bodyOf(content);
  return { text: writeText(blocks, links === undefined ? {} : { links }), ...facts };
}

function emptyNote({ blocks, pictures }: HtmlBlocks): readonly string[] {
  if (blocks.length > 0) return [];
  if (pictures === 0) return ['Nothing of its HTML is visible.'];
  return [`Nothing visible but ${pictures === 1 ? 'a picture' : `${pictures} pictures`}.`];
}
