import { asHeaderText, maxSubjectCharacters } from './header-text.ts';

/** Marks of replies in mail programs' languages, with their counters: `RE[2]:`, `AW:`, `回复：`. */
const replyMark =
  /^(?:re|r|rif|res|aw|antw|antwort|sv|vs|vá|ynt|odp|отв|תגובה|回复|答复|回覆)(?:\s*[[(]\d+[\])])?\s*[:：]\s*/iu;

/** Marks of forwards. */
const forwardMark = /^(?:fwd?|wg|vl|vb|tr|rv|i|enc|doorst|пер|הועבר|转发|轉寄)(?:\s*[[(]\d+[\])])?\s*[:：]\s*/iu;

/** A list's mark, which lists put in front of the reply mark. */
const listMark = /^\[[^\][]{1,80}\]\s*/u;

/** The subject of a reply: `Re: ` once, whatever reply marks of any language the original begins with. */
export function replySubject(original: string): string {
  const subject = asHeaderText(original);
  // The mark stands behind the list's: the list would put its own in front again.
  if (replyMark.test(subject.replace(listMark, '')) && listMark.test(subject)) return limit(subject);
  return limit(`Re: ${withoutMarks(subject, replyMark)}`);
}

/** The subject of a forward: `Fwd: ` once; a reply mark stays, as it is part of what is forwarded. */
export function forwardSubject(original: string): string {
  return limit(`Fwd: ${withoutMarks(asHeaderText(original), forwardMark)}`);
}

function withoutMarks(subject: string, mark: RegExp): string {
  let rest = subject;
  while (mark.test(rest)) rest = rest.replace(mark, '');
  return rest;
}

function limit(subject: string): string {
  return subject.slice(0, maxSubjectCharacters).toWellFormed().trim();
}
