import { convert } from 'html-to-text';
import TurndownService from 'turndown';

/** What other converters make of the same HTML, with the options that their authors name first. */
export const peers: Readonly<Record<string, (html: string) => string>> = {
  'html-to-text': (html) => convert(html),
  turndown: (html) => new TurndownService().turndown(html),
};
