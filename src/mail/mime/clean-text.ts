/** Control characters but tab and line feed (C0, DEL, C1): a text shows nothing of them, and a terminal would obey them. */
// oxlint-disable-next-line no-control-regex -- that is what it looks for
const controls = /[\0-\b\u000e-\u001f\u007f-\u009f]/g;
/** What has to be changed: most texts have none, and are looked through once. */
// oxlint-disable-next-line no-control-regex -- that is what it looks for
const unclean = /[\0-\b\v-\u001f\u007f-\u009f]/;
const lineBreaks = /\r\n|[\r\v\f]/g;

/** Decoded text with line feeds for all line breaks, without other control characters and halves of characters. */
export function cleanText(text: string): string {
  if (!unclean.test(text)) return text.toWellFormed();
  return text.replaceAll(lineBreaks, '\n').replaceAll(controls, '').toWellFormed();
}
