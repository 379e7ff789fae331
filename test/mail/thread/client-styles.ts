/** How mail programs put what they answer under or above an answer. */
export interface WrittenMessage {
  readonly author: { readonly name: string; readonly address: string };
  readonly messageId: string;
  readonly references: readonly string[];
  readonly date: Date;
  readonly subject: string;
  /** The text as it is sent, quotes included. */
  readonly text: string;
}

type Style = (answer: string, to: WrittenMessage) => string;

/** Breaks lines at words so that none is longer than `width`. */
export function wrap(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => {
      const lines: string[] = [''];
      for (const word of line.split(' ')) {
        const last = lines.at(-1) ?? '';
        if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
        else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
      }
      return lines.join('\n');
    })
    .join('\n');
}

/** Marks lines as quoted, those that are quoted already without a space between the marks. */
export function mark(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' || line.startsWith('>') ? `>${line}` : `> ${line}`))
    .join('\n');
}

function iso(date: Date): string {
  return date.toISOString();
}

const english = (date: Date): string =>
  date.toLocaleString('en-US', {
    timeZone: 'UTC',
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  });

/** A header block of Outlook in some language. */
function outlook([from, sent, to, subject]: readonly [string, string, string, string], above = ''): Style {
  return (answer, original) =>
    `${answer}\n\n${above}${from}: ${original.author.name} <${original.author.address}>\n${sent}: ${english(original.date)}\n${to}: Somebody <somebody@example.net>\n${subject}: ${original.subject}\n\n${original.text}`;
}

/** Styles of answering, by the mail program. */
export const clientStyles: Readonly<Record<string, Style>> = {
  gmail: (answer, { author, date, text }) =>
    `${answer}\n\n${wrap(`On ${english(date)} ${author.name} <${author.address}> wrote:`, 76)}\n\n${mark(wrap(text, 76))}`,
  gmailGerman: (answer, { author, date, text }) =>
    `${answer}\n\nAm Mo., ${date.getUTCDate()}. Nov. ${date.getUTCFullYear()} um 09:15 Uhr schrieb ${author.name} <${author.address}>:\n\n${mark(wrap(text, 72))}`,
  gmailJapanese: (answer, { author, date, text }) =>
    `${answer}\n\n${date.getUTCFullYear()}年11月${date.getUTCDate()}日(月) 9:15 ${author.name} <${author.address}>:\n\n${mark(text)}`,
  thunderbird: (answer, { author, date, text }) =>
    `On ${iso(date).slice(0, 10)} 09:15, ${author.name} wrote:\n${mark(wrap(text, 72))}\n\n${answer}`,
  apple: (answer, { author, date, text }) =>
    `${answer}\n\n> On ${date.getUTCDate()} Nov ${date.getUTCFullYear()}, at 09:15, ${author.name} <${author.address}> wrote:\n> \n${mark(text)}`,
  emacs: (answer, { author, text }) => {
    const initials = author.name.replaceAll(/[^\p{Lu}]/gu, '') || 'L';
    const quoted = wrap(text, 70).replaceAll(/^/gm, `${initials}> `);
    return `>>>>> "${author.name}" == ${author.name} <${author.address}> writes:\n\n${quoted}\n\n${answer}`;
  },
  groupWise: (answer, { author, date, text }) =>
    `${answer}\n\n>>> ${author.name} <${author.address}> ${english(date)} >>>\n${text}`,
  narrow: (answer, { author, text }) => `${answer}\n\n${author.name} wrote:\n\n${mark(wrap(text, 44))}`,
  yahoo: (answer, { author, date, text }) =>
    `${answer}\n\n    On ${english(date)} GMT+1, ${author.name} <${author.address}> wrote:  \n \n ${text.replaceAll('\n', '\n ')}`,
  samsung: (answer, { author, date, subject, text }) =>
    `${answer}\n\n-------- Original message --------\nFrom: ${author.name} <${author.address}>\nDate: ${english(date)}\nTo: somebody@example.net\nSubject: ${subject}\n\n${text}`,
  outlookEnglish: outlook(['From', 'Sent', 'To', 'Subject']),
  outlookGerman: outlook(['Von', 'Gesendet', 'An', 'Betreff'], '________________________________\n'),
  outlookPolish: outlook(['Od', 'Wysłano', 'Do', 'Temat']),
  outlookChinese: outlook(['发件人', '发送时间', '收件人', '主题']),
  outlookOld: outlook(['From', 'Sent', 'To', 'Subject'], '-----Original Message-----\n'),
  notes: (answer, { author, date, subject, text }) =>
    `${answer}\n\n-----"${author.name}" <${author.address}> wrote: -----\nTo: "Somebody" <somebody@example.net>\nFrom: "${author.name}" <${author.address}>\nDate: ${iso(date).slice(0, 10)} 09:15AM\nSubject: ${subject}\n\n${text}`,
};
