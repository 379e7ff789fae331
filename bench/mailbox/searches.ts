/** A search and, where notmuch has the like, the same for it. */
export interface Search {
  readonly q: string;
  readonly notmuch?: string;
}

/**
 * One of each kind of question, words common and rare, and plans that are known to be hard. Words stand in quotes for
 * notmuch, which otherwise looks for their stems.
 */
export const searches: readonly Search[] = [
  { q: '', notmuch: '*' },
  { q: 'package', notmuch: '"package"' },
  { q: 'the', notmuch: '"the"' },
  { q: 'quaternion', notmuch: '"quaternion"' },
  { q: 'from:ripley', notmuch: 'from:"ripley"' },
  { q: 'subject:cran', notmuch: 'subject:"cran"' },
  { q: 'to:r-devel', notmuch: 'to:"r-devel"' },
  { q: 'to:r-devel subject:cran', notmuch: 'to:"r-devel" and subject:"cran"' },
  { q: '"segmentation fault"', notmuch: '"segmentation fault"' },
  { q: '"the package"', notmuch: '"the package"' },
  { q: 'package windows', notmuch: '"package" and "windows"' },
  { q: 'package OR windows', notmuch: '"package" or "windows"' },
  { q: 'package (windows OR linux)', notmuch: '"package" and ("windows" or "linux")' },
  { q: 'package -windows', notmuch: '"package" and not "windows"' },
  { q: '-the', notmuch: 'not "the"' },
  { q: 'package AROUND 5 windows', notmuch: 'package NEAR/5 windows' },
  { q: 'the before:2001/01/01', notmuch: '"the" and date:..2000-12-31' },
  { q: 'the before:2005/01/01', notmuch: '"the" and date:..2004-12-31' },
  { q: 'the after:2010/01/01 before:2010/02/01', notmuch: '"the" and date:2010-01-01..2010-01-31' },
  { q: 'after:2015/06/01 before:2015/07/01', notmuch: 'date:2015-06-01..2015-06-30' },
  { q: 'is:unread', notmuch: 'tag:unread' },
  { q: 'in:sent', notmuch: 'tag:sent' },
  { q: 'label:nothing package', notmuch: 'tag:nothing and "package"' },
  { q: 'has:attachment', notmuch: 'tag:attachment' },
  { q: 'larger:100K' },
  { q: 'smaller:300' },
  { q: 'smaller:600' },
  { q: 'list:r-devel has:nouserlabels' },
  { q: 'subject:(re memory) from:smith', notmuch: 'subject:"re" and subject:"memory" and from:"smith"' },
  { q: 'filename:pdf OR subject:bug', notmuch: 'attachment:"pdf" or subject:"bug"' },
  { q: 'rfc822msgid:nothing@example.org', notmuch: 'id:nothing@example.org' },
];
