import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openLocalClient, textOf } from './local-client.ts';

async function clientOf(context: TestContext, mails: readonly string[]) {
  const raws = mails.map((mail) => Buffer.from(mail.replaceAll('\n', '\r\n')));
  const client = await openLocalClient(temporaryFolder(context), raws);
  context.after(() => client.close());
  return {
    ids: client.ids,
    read: async (tool: string, input: Readonly<Record<string, unknown>>) => {
      const text = textOf(await client.content(tool, input));
      return { text, tokens: encode(text).length };
    },
  };
}

const turns = [
  'Shall we meet on Thursday about the new roof? I would bring the offers of both companies.',
  'Thursday is bad for me, I am in Graz until the evening. What about Friday at ten?',
  'Friday at ten works. Do you have the plans of the attic, the ones with the beams?',
  'I have them on paper only. I will scan them tonight and send them to you both.',
  'Thank you. The zinc company says that they need the angle of the south side, too.',
  'It is 38 degrees. See you on Friday, I bring coffee.',
];
const people = ['Ann Lee <ann@example.net>', 'Bob Ray <bob@example.com>'];

/** Each answers the one before and quotes all of it, ever deeper. */
function nestedThread(): readonly string[] {
  let quoted = '';
  return turns.map((words, index) => {
    const body =
      index === 0
        ? words
        : `${words}\n\nOn Mon, Nov ${index}, 2026 at 10:0${index} AM ${people[(index + 1) % 2]} wrote:\n${quoted}`;
    quoted = body
      .split('\n')
      .map((line) => `> ${line}`)
      .join('\n');
    const answers =
      index === 0 ? '' : `In-Reply-To: <t${index - 1}@example.net>\nReferences: <t${index - 1}@example.net>\n`;
    return `From: ${people[index % 2]}\nTo: ${people[(index + 1) % 2]}\nSubject: ${index === 0 ? '' : 'Re: '}Roof\nDate: Mon, ${index + 1} Nov 2026 10:0${index}:00 +0000\nMessage-ID: <t${index}@example.net>\n${answers}\n${body}\n`;
  });
}

test('a thread of six short mails that quote each other costs at most 550 tokens', async (t) => {
  const { ids, read } = await clientOf(t, nestedThread());
  const { text, tokens } = await read('read_thread', { id: ids[0] });
  for (const words of turns) assert.equal(text.split(words).length, 2, `${words} once in:\n${text}`);
  assert.ok(tokens <= 550, `${tokens} tokens:\n${text}`);
});

const story =
  'The council voted nine to four for the bridge; work begins in March and takes two years. Ships pass as before.';

/** Fourteen stories as newsletter programs write them: tables in tables, styles in every cell, tracked links, pixels. */
function newsletter(): string {
  const cell =
    'style="font-family:Helvetica,Arial,sans-serif;font-size:16px;line-height:24px;color:#333333;padding:0 20px 8px 20px;mso-line-height-rule:exactly"';
  const link = (number: number) => `https://click.news.example/ls/click?upn=${`u001.${number}xYz`.repeat(26)}`;
  const stories = Array.from({ length: 14 }, (_, index) => {
    const number = index + 1;
    return `<tr><td align="left"><table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td ${cell}><a href="${link(number)}"><img src="https://img.news.example/${number}.png" width="560" alt=""></a></td></tr><tr><td ${cell}><h2 style="margin:0"><a href="${link(number)}" style="color:#111111;text-decoration:none">Headline number ${number} of today</a></h2></td></tr><tr><td ${cell}>${story}</td></tr><tr><td ${cell}><a href="${link(number + 20)}">Read more</a></td></tr></table></td></tr>`;
  });
  return `<!DOCTYPE html><html><head><title>News</title><style>a{color:#06c}</style></head><body><div style="display:none;max-height:0;overflow:hidden">Preview &zwnj;&nbsp;&zwnj;&nbsp;</div><table width="600" align="center">${stories.join('\n')}</table><img src="https://click.news.example/open.gif" width="1" height="1" alt=""></body></html>`;
}

test('a newsletter of 14 stories with tracked links costs at most 900 tokens', async (t) => {
  const html = newsletter();
  assert.ok(html.length > 27_000, `${html.length}`);
  const mail = `From: News <news@news.example>\nTo: me@example.org\nSubject: Today\nDate: Mon, 2 Nov 2026 10:00:00 +0000\nMessage-ID: <n@news.example>\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n${html}\n`;
  const { ids, read } = await clientOf(t, [mail]);
  const { text, tokens } = await read('read_message', { id: ids[0] });
  assert.equal(text.split(story).length, 15);
  for (let number = 1; number <= 14; number += 1) assert.match(text, new RegExp(`Headline number ${number} of today`));
  assert.ok(tokens <= 900, `${tokens} tokens:\n${text}`);
});

test('the last ten messages of the demo mailbox cost at most 700 tokens', async (t) => {
  const { read } = await clientOf(t, []);
  const { text, tokens } = await read('search_messages', {});
  assert.equal(text.match(/^\d+ [\da-f]{16} /gm)?.length, 10, text);
  assert.ok(tokens <= 700, `${tokens} tokens:\n${text}`);
});
