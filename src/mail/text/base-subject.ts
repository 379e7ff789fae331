/** Marks of replies and forwards in mail programs' languages, with their counters: `Re[2]:`, `AW:`, `转发：`. */
const replyMark =
  /^(?:re|r|rif|res|ref|fwd?|fw|wg|aw|antw|antwort|sv|vs|vl|vb|vá|ynt|ilt|odp|pd|tr|rv|enc|doorst|i|за|отв|תגובה|הועבר|回复|答复|转发|轉寄|回覆)(?:\s*[[(]\d+[\])])?\s*[:：]\s*/iu;

/** A list's or a ticket system's mark: `[R-devel]`, `[#1234]`. */
const listMark = /^\[[^\][]{1,80}\]\s*/u;

/** Nothing behind this tells two conversations apart. RFC 5322 lets a line have 998 characters. */
const maxSubjectCharacters = 998;

const forwardTrailer = / ?\(fwd\)$/i;

/**
 * The subject without what replies and forwards put around it, in lower case and with single spaces: messages of one
 * conversation have it in common (RFC 5256 section 2.1, and the marks of other languages). A subject that is nothing but
 * marks in brackets keeps the last one.
 */
export function baseSubject(subject: string): string {
  let rest = subject.slice(0, maxSubjectCharacters).replaceAll(/\s+/g, ' ').trim();
  for (;;) {
    const unmarked = rest.replace(replyMark, '').replace(forwardTrailer, '');
    const unlisted = unmarked.replace(listMark, '');
    const next = unlisted === '' ? unmarked : unlisted;
    if (next === rest) return rest.toLowerCase();
    rest = next;
  }
}
