const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that HTML shows as it is, in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Plain text as HTML: its lines stay lines, its spaces stay spaces. */
export function textToHtml(text: string): string {
  return escapeHtml(text)
    .replaceAll(/\r\n|\r/g, '\n')
    .replaceAll('\t', '    ')
    .replaceAll(/(?<=^|\n| ) /g, '&nbsp;')
    .replaceAll('\n', '<br>\n');
}
