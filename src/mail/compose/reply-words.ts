/** What a reply or a forward says of the message that it holds, in the reader's language. */
export interface ReplyWords {
  /** The line above a quote; `date` is undefined where the message has none. */
  readonly wrote: (sender: string, date: string | undefined) => string;
  readonly forwarded: string;
  readonly from: string;
  readonly date: string;
  readonly subject: string;
  readonly to: string;
  readonly cc: string;
}

const english: ReplyWords = {
  wrote: (sender, date) => (date === undefined ? `${sender} wrote:` : `On ${date}, ${sender} wrote:`),
  forwarded: 'Forwarded message',
  from: 'From',
  date: 'Date',
  subject: 'Subject',
  to: 'To',
  cc: 'Cc',
};

const wordsByLanguage: ReadonlyMap<string, ReplyWords> = new Map(
  Object.entries({
    en: english,
    de: {
      wrote: (sender, date) => (date === undefined ? `${sender} schrieb:` : `Am ${date} schrieb ${sender}:`),
      forwarded: 'Weitergeleitete Nachricht',
      from: 'Von',
      date: 'Datum',
      subject: 'Betreff',
      to: 'An',
      cc: 'Cc',
    },
    fr: {
      wrote: (sender, date) => (date === undefined ? `${sender} a écrit :` : `Le ${date}, ${sender} a écrit :`),
      forwarded: 'Message transféré',
      from: 'De',
      date: 'Date',
      subject: 'Objet',
      to: 'À',
      cc: 'Cc',
    },
    es: {
      wrote: (sender, date) => (date === undefined ? `${sender} escribió:` : `El ${date}, ${sender} escribió:`),
      forwarded: 'Mensaje reenviado',
      from: 'De',
      date: 'Fecha',
      subject: 'Asunto',
      to: 'Para',
      cc: 'Cc',
    },
    it: {
      wrote: (sender, date) => (date === undefined ? `${sender} ha scritto:` : `Il ${date}, ${sender} ha scritto:`),
      forwarded: 'Messaggio inoltrato',
      from: 'Da',
      date: 'Data',
      subject: 'Oggetto',
      to: 'A',
      cc: 'Cc',
    },
    pt: {
      wrote: (sender, date) => (date === undefined ? `${sender} escreveu:` : `Em ${date}, ${sender} escreveu:`),
      forwarded: 'Mensagem encaminhada',
      from: 'De',
      date: 'Data',
      subject: 'Assunto',
      to: 'Para',
      cc: 'Cc',
    },
    nl: {
      wrote: (sender, date) => (date === undefined ? `${sender} schreef:` : `Op ${date} schreef ${sender}:`),
      forwarded: 'Doorgestuurd bericht',
      from: 'Van',
      date: 'Datum',
      subject: 'Onderwerp',
      to: 'Aan',
      cc: 'Cc',
    },
  }),
);

/** The words of a language (BCP 47, such as `de-AT`); English where there are none. */
export function replyWords(locale: string): ReplyWords {
  return wordsByLanguage.get(languageOf(locale)) ?? english;
}

/** An instant as people of that language and place write it. The date is English, too, where the words are. */
export function writtenDate(dateMs: number, locale: string, timeZone: string): string {
  const language = languageOf(locale);
  // What is no BCP 47 tag, such as `de_AT`, still names a language.
  const written = /^[a-z]{2,3}(?:-[a-z\d]{2,8})*$/i.test(locale) ? locale : language;
  return new Intl.DateTimeFormat(wordsByLanguage.has(language) ? written : 'en', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone,
  }).format(dateMs);
}

function languageOf(locale: string): string {
  return locale.toLowerCase().split(/[-_]/)[0] ?? '';
}
