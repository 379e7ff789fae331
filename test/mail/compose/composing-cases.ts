import type { Address } from '../../../src/mail/message.ts';
import type { FileToAttach, MessageToWrite } from '../../../src/mail/compose/message-to-write.ts';
import { composeMessage } from '../../../src/mail/compose/compose-message.ts';

/** A message to write, and what it is a case of. */
export interface ComposingCase {
  readonly name: string;
  readonly message: MessageToWrite;
}

/** What most cases do not care about. */
export const plainMessage: MessageToWrite = {
  from: { name: 'Ann Lee', address: 'ann@example.org' },
  to: [{ name: '', address: 'bob@example.org' }],
  cc: [],
  bcc: [],
  subject: 'Subject',
  dateMs: Date.UTC(2026, 10, 22, 14, 0, 0),
  messageId: '1.2.3@example.org',
  text: 'Hello',
  files: [],
  boundary: 'b0undary4tests',
};

/** Texts of one line in many scripts, and those that are hard to write. */
const lines: Readonly<Record<string, string>> = {
  ascii: 'Minutes of the meeting',
  german: 'Größe der Tür übermäßig geändert',
  french: 'Réunion à l’été : déjà réservée',
  vietnamese: 'Đề nghị thanh toán hóa đơn tiếng Việt',
  polish: 'Zażółć gęślą jaźń',
  turkish: 'İstanbul ışığı şöyle',
  greek: 'Η ημερήσια διάταξη της συνεδρίασης',
  russian: 'Приглашение на встречу в понедельник утром',
  ukrainian: 'Їжак з ґудзиком',
  hebrew: 'פגישה ביום שני בבוקר',
  arabic: 'اجتماع صباح يوم الاثنين القادم',
  persian: 'می‌خواهم کتاب‌ها را ببینم',
  hindi: 'सोमवार की बैठक के लिए निमंत्रण',
  tamil: 'திங்கட்கிழமை கூட்டம்',
  thai: 'ประชุมวันจันทร์ตอนเช้าที่สำนักงาน',
  chinese: '关于星期一上午会议的通知以及附件中的详细议程安排请各位准时参加',
  japanese: '月曜日の朝の会議についてのお知らせ「重要」',
  korean: '월요일 아침 회의에 대한 안내',
  georgian: 'შეხვედრა ორშაბათს',
  amharic: 'ሰኞ ጠዋት ስብሰባ',
  emoji: '🎉 Done 👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 👍🏽 ✅',
  'emoji alone': '🎉',
  'many emoji': '🎉🚀✨🔥💡📎📅👀🙏💯'.repeat(4),
  combining: 'e\u0301 a\u0308 o\u0302\u0323 n\u0303',
  astral: '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𒀀𒁀 𠜎𠜱',
  'mixed directions': 'Order 42 של דוד for عمر today',
  quotes: 'He said "no", she said \'yes\'',
  backslashes: String.raw`C:\temp\new "and" \\server`,
  specials: 'a, b; c: <d> (e) [f] @g. "h"',
  'encoded word inside': 'literally =?utf-8?Q?hidden?= text',
  'encoded word alone': '=?utf-8?B?aGlkZGVu?=',
  'broken encoded word': '=?utf-8?Q?a b',
  'equals signs': 'a=b&c=3D?d=_e_',
  'two spaces': 'two  spaces and   three',
  'a long line': 'The quick brown fox jumps over the lazy dog and '.repeat(8).trim(),
  'a long accented line': 'Übergrößenträger fährt im Café über die Brücke '.repeat(8).trim(),
  'a long word': 'x'.repeat(300),
  'a long address': `https://example.org/${'path/'.repeat(30)}?q=1&r=2`,
  'one accent at the end': 'A plain title with one accent at the very end of a fairly long line of text é',
  'one accent at the start': 'É plain title with one accent at the very start of a fairly long line of text',
  underscores: 'a_b_c _ __ snake_case é',
  'question marks': 'why? ?? really?= é',
  'no-break space': 'a\u00a0b\u202fc',
  'right-to-left mark': 'abc\u200fdef\u202egnp.exe',
  fullwidth: 'ＡＢＣ１２３：重要',
};

/** Bodies that are hard to bring through. */
const bodies: Readonly<Record<string, string>> = {
  'of one word': 'Hi',
  'of nothing': '',
  'with spaces at the ends of lines': 'a \nb  \n\tc\t\nd',
  'with a signature': 'Text\n\n-- \nAnn',
  'with a lone dot': 'before\n.\nafter\n..\n.dot',
  'with From at the start': 'From here\n From there\n>From quoted\nFrom',
  'with equals signs': 'a=b\n=\n==\n=3D\n=20\nx=',
  'with a line of 78': 'x'.repeat(78),
  'with a line of 79': 'x'.repeat(79),
  'with a line of 998': 'y'.repeat(998),
  'with a line of 10,000': 'word '.repeat(2000).trim(),
  'with a long line of spaces': `a${' '.repeat(200)}b`,
  'with a soft break before a dot': `${'x'.repeat(75)}.${'y'.repeat(74)}.z`,
  'with a soft break before From': `${'x'.repeat(75)}From me ${'y'.repeat(60)}`,
  'of quotes': '> one\n>> two\n>>> three\n> > four\n>',
  'that looks like a boundary': '--=_b0undary4tests_a\n--=_b0undary4tests_m--\n--\n---',
  'that looks like a header': 'Subject: no\nBcc: x@example.org\n\nContent-Type: text/html',
  'of empty lines': '\n\n\na\n\n\nb',
  'with tabs': 'a\tb\n\tc',
  'with a form feed and an escape': 'a\fb\u001b[0m',
  'of 200 KB': 'Ein längerer Absatz, wie er in Berichten steht. '.repeat(4300).trim(),
  'in chinese of 30 KB': '关于星期一上午会议的通知。'.repeat(800),
  'with next line and separators': 'a\u0085b\u2028c\u2029d',
  'of html in text': '<b>not bold</b> &amp; <script>x</script>',
};

const someBytes = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_none, index) => (index * 131 + 7) % 256);

const file = (filename: string, content: Uint8Array, mimeType = 'application/octet-stream'): FileToAttach => ({
  filename,
  mimeType,
  content,
});

function message(change: Partial<MessageToWrite>): MessageToWrite {
  return { ...plainMessage, ...change };
}

/** A message in a message in a message. */
function nested(depth: number): Uint8Array {
  const inner = depth === 0 ? [] : [file(`level ${depth}.eml`, nested(depth - 1), 'message/rfc822')];
  return composeMessage(
    message({ subject: `Level ${depth} – größer`, files: inner, boundary: `level${depth}boundary`, html: '<p>é</p>' }),
  );
}

const people = (count: number): Address[] =>
  Array.from({ length: count }, (_none, index) => ({
    name: index % 3 === 0 ? '' : index % 3 === 1 ? `Person, Nr. ${index}` : `Łucja Ölmüller ${index}`,
    address: `person.${index}+tag@sub${index % 7}.example.org`,
  }));

function* makeCases(): Generator<ComposingCase> {
  for (const [name, text] of Object.entries(lines)) {
    yield { name: `subject: ${name}`, message: message({ subject: text }) };
    const personName = text.slice(0, 300).toWellFormed().replaceAll(/ +/g, ' ').trim();
    yield {
      name: `names: ${name}`,
      message: message({
        from: { name: personName, address: 'ann@example.org' },
        to: [
          { name: personName, address: 'a@example.org' },
          { name: 'Bob', address: 'b@example.org' },
        ],
      }),
    };
    yield { name: `text: ${name}`, message: message({ text: `${text}\n\n${text} ${text}\n` }) };
    yield {
      name: `text and HTML: ${name}`,
      message: message({ text, html: `<p>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>` }),
    };
    const filename = text.replaceAll(/[/\\]/g, '-').replaceAll(/ +/g, ' ');
    yield {
      name: `file name: ${name}`,
      message: message({
        files: [file(`${filename.slice(0, 150).toWellFormed()}.pdf`, someBytes(100), 'application/pdf')],
      }),
    };
  }
  for (const [name, text] of Object.entries(bodies)) {
    yield { name: `text ${name}`, message: message({ text }) };
    yield {
      name: `text and HTML ${name}`,
      message: message({ text, html: `<div>${text.replaceAll('<', '&lt;')}</div>` }),
    };
  }
  for (const size of [0, 1, 2, 3, 56, 57, 58, 114, 115, 4096, 100_001]) {
    yield { name: `an attachment of ${size} bytes`, message: message({ files: [file('data.bin', someBytes(size))] }) };
  }
  for (const count of [0, 1, 2, 10, 200]) {
    yield { name: `${count} recipients in To`, message: message({ to: people(count) }) };
    yield { name: `${count} recipients in Bcc`, message: message({ to: [], bcc: people(count) }) };
  }
  yield {
    name: 'To, Cc, Bcc and Reply-To',
    message: message({ to: people(3), cc: people(4), bcc: people(5), replyTo: people(2) }),
  };
  for (const [name, address] of Object.entries({
    'an internationalised domain': 'ann@müller.example',
    'a Japanese domain': 'ann@例え.テスト',
    'an internationalised local part': 'døgn@example.org',
    'a wholly internationalised address': '用户@例子.广告',
    'a quoted local part': '"john doe"@example.org',
    'a quoted local part with specials': String.raw`"a\"b,c;d"@example.org`,
    'an address of symbols': "!#$%&'*+/?=^_`{|}~-@example.org",
    'the longest address': `${'a'.repeat(64)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.org`,
  })) {
    yield {
      name: `to ${name}`,
      message: message({
        to: [
          { name: '', address },
          { name: 'Zoë', address },
          { name: 'C', address: 'c@example.org' },
        ],
      }),
    };
  }
  for (const type of [
    'text/plain',
    'text/csv',
    'text/calendar',
    'text/html',
    'image/png',
    'application/zip',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'message/rfc822',
  ]) {
    yield {
      name: `an attachment of type ${type} with LF`,
      message: message({ files: [file('file', Buffer.from('Größe;1\n\nlone \r and end \n'), type)] }),
    };
  }
  yield {
    name: 'text in another charset attached',
    message: message({ files: [file('latin1.txt', Buffer.from('Gr\xf6\xdfe', 'latin1'), 'text/plain')] }),
  };
  for (const depth of [0, 1, 2, 5]) {
    yield {
      name: `messages nested ${depth} deep`,
      message: message({ files: [file('inner.eml', nested(depth), 'message/rfc822')] }),
    };
  }
  yield {
    name: 'an eight-bit message attached',
    message: message({
      files: [
        file(
          '8bit.eml',
          Buffer.from('Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGröße\r\n'),
          'message/rfc822',
        ),
        file('a.bin', someBytes(9)),
      ],
    }),
  };
  yield {
    name: 'a message that holds the boundary attached',
    message: message({
      files: [
        file(
          'b.eml',
          Buffer.from('Subject: x\r\n\r\n--=_b0undary4tests_m\r\n--=_b0undary4tests_m--\r\n'),
          'message/rfc822',
        ),
      ],
    }),
  };
  const picture = (contentId: string): FileToAttach => ({
    ...file(`${contentId}.png`, someBytes(70), 'image/png'),
    contentId,
  });
  yield {
    name: 'a picture in HTML',
    message: message({ html: '<p><img src="cid:logo"></p>', files: [picture('logo')] }),
  };
  yield {
    name: 'pictures in HTML and attachments',
    message: message({
      html: '<img src="cid:a@x"><img src="cid:b@x">',
      files: [picture('a@x'), file('c.bin', someBytes(5)), picture('b@x'), file('d.bin', someBytes(6))],
    }),
  };
  yield {
    name: 'a picture that the HTML does not show',
    message: message({ html: '<p>é</p>', files: [picture('unseen')] }),
  };
  yield {
    name: 'twenty attachments',
    message: message({
      files: Array.from({ length: 20 }, (_none, index) =>
        file(`Anhang ${index} – ä.txt`, someBytes(index * 10), 'text/plain'),
      ),
    }),
  };
  yield {
    name: 'two files of one name',
    message: message({ files: [file('same.txt', someBytes(3)), file('same.txt', someBytes(4))] }),
  };
  for (const count of [1, 2, 10, 50]) {
    const references = Array.from(
      { length: count },
      (_none, index) => `${index}.${'long-message-id'.repeat(1 + (index % 4))}@mail.example.org`,
    );
    yield { name: `${count} references`, message: message({ inReplyTo: references.at(-1) ?? '', references }) };
  }
  yield {
    name: 'a reference longer than a line should be',
    message: message({ references: [`${'r'.repeat(800)}@example.org`, 'b@example.org'] }),
  };
  yield {
    name: 'fields of its own',
    message: message({
      extraHeaders: [
        { name: 'X-Outbox-Id', value: 'abc – é' },
        { name: 'X-Other', value: 'plain '.repeat(30).trim() },
      ],
    }),
  };
  for (const [name, dateMs] of Object.entries({
    'of 1970': 0,
    'before 1970': -1e12,
    'of a leap day': Date.UTC(2028, 1, 29),
    'with milliseconds': 1_795_356_481_999,
  })) {
    yield { name: `a date ${name}`, message: message({ dateMs }) };
  }
}

/** Messages that cover what can be written. */
export const composingCases: readonly ComposingCase[] = [...makeCases()];
