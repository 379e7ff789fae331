import { Marked } from 'marked';
import { escapeHtml } from '../html/escape-html.ts';
import { safeAddress } from './safe-attributes.ts';

// The one file that knows marked.

/** Links lead to the web or to an address; anything else is shown as text. */
const linkSchemes = ['http', 'https', 'mailto'];

const markdown = new Marked({
  gfm: true,
  // In a mail a line break is meant: a signature, an address.
  breaks: true,
  // Where no token is HTML, all of it is text, and text is escaped.
  tokenizer: {
    html: () => undefined,
    tag: () => undefined,
  },
  renderer: {
    link({ href, title, tokens }) {
      const text = this.parser.parseInline(tokens);
      const address = safeAddress(href, linkSchemes);
      if (address === '') return text;
      const titleText = title ? ` title="${escapeHtml(title)}"` : '';
      return `<a href="${escapeHtml(address)}"${titleText}>${text}</a>`;
    },
    // A picture from elsewhere tells its host who reads the mail: it becomes a link. One of the message itself is shown.
    image({ href, text }) {
      const inline = safeAddress(href, ['cid']);
      if (inline !== '') return `<img src="${escapeHtml(inline)}" alt="${escapeHtml(text)}">`;
      const address = safeAddress(href, linkSchemes);
      const label = escapeHtml(text === '' ? href : text);
      return address === '' ? label : `<a href="${escapeHtml(address)}">${label}</a>`;
    },
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
  },
});

/**
 * HTML of GitHub-flavoured Markdown, safe to send and to show: HTML in it is shown as text, links lead to `http`, `https`
 * and `mailto` only, and of pictures only those of the message itself (`cid:`) are shown.
 */
export function markdownToHtml(source: string): string {
  const html = markdown.parse(source, { async: false });
  return html.replaceAll('<table>', '<table border="1" cellpadding="4" style="border-collapse:collapse">').trim();
}
