import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { LinkList } from '../../src/mail/blocks/link-list.ts';
import { bodyText, type BodyContent } from '../../src/mail/text/body-text.ts';
import { bodyTextWithin, isHeavyBody, readingOrder, withLightBody } from '../../src/parser/body-text-within.ts';
import { parserProcess } from '../../src/parser/parser-process.ts';
import { TaskTime } from '../../src/core/task-time.ts';

after(() => parserProcess.stop());

const story = '<p>A <b>story</b> of <a href="https://shop.example/a">bank.example</a> and <i>others</i>.</p>';
const heavyHtml = `<p style="display:none">kept secret</p>${story.repeat(3000)}`;
const heavyText = 'a line\n'.repeat(100_000);

test('takes newsletters for light, and what is long in any way for heavy', () => {
  const newsletter = `<style>${'.a{color:red}'.repeat(80)}</style>${story.repeat(100)}`;
  assert.equal(isHeavyBody({ html: newsletter, text: 'short' }), false);
  const rules = '.a{color:red}'.repeat(2500);
  for (const content of [
    { html: heavyHtml },
    { text: heavyText },
    { html: `<style>${rules}</style>${'<p>a'.repeat(2000)}` },
    { html: `<style>${'.a{}'.repeat(900)}</style>${'<p>'.repeat(900)}` },
    { html: 'a'.repeat(200_000) },
    { html: '<p>'.repeat(1500) },
    { html: `<style>${rules.slice(0, 30_000)}</style>` },
    { text: '\n'.repeat(9000) },
  ])
    assert.equal(isHeavyBody(content), true);
});

test('reads what no sender can make slow first, then the newest', () => {
  const [light, heavy] = [{ html: story }, { html: heavyHtml }];
  assert.deepEqual(readingOrder([light, heavy, {}, heavy, light]), [4, 2, 0, 3, 1]);
});

test('reads a heavy body in the parser process as it is read in place', async () => {
  for (const content of [{ html: heavyHtml }, { text: heavyText, html: heavyHtml }, { text: heavyText }]) {
    const [there, here] = [new LinkList(), new LinkList()];
    assert.deepEqual(await bodyTextWithin(content, { deadlineMs: 60_000 }, there), bodyText(content, here));
    assert.deepEqual(there.targets, here.targets);
  }
});

test('the event loop goes on while a heavy body is read', async () => {
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 5);
  await bodyTextWithin({ html: heavyHtml.repeat(8) }, { deadlineMs: 60_000 });
  clearInterval(timer);
  assert.ok(turns > 2, `${turns} turns`);
});

test('says of a body that takes too long that nothing of it is shown', async () => {
  const { text, notes } = await bodyTextWithin({ html: heavyHtml.repeat(8) }, { deadlineMs: 5 });
  assert.equal(text, '');
  assert.match(notes.join(), /takes too long to be read/);
  const both = await bodyTextWithin({ html: heavyHtml.repeat(8), text: 'plain words' }, { deadlineMs: 5 });
  assert.equal(both.text, 'plain words');
  assert.match(both.notes.join(), /this is its plain text/);
});

test('gives for a heavy body what is seen of it as plain text', async () => {
  const heavy: BodyContent = { html: heavyHtml };
  const light = await withLightBody(heavy, { deadlineMs: 60_000 });
  assert.equal(isHeavyBody(light), false);
  assert.match(light.text ?? '', /^A story of/);
  assert.doesNotMatch(light.text ?? '', /secret/);
  const own = { html: story };
  assert.equal(await withLightBody(own, { deadlineMs: 60_000 }), own);
});

test('the bodies of one call have a time together, light and heavy ones', async () => {
  const time = new TaskTime(60_000);
  const limits = { deadlineMs: 60_000, time };
  // The system counts processor time in steps that a light body may not reach.
  while (time.leftMs === 60_000) await bodyTextWithin({ html: story }, limits);
  const afterLight = time.leftMs;
  const heavy = await bodyTextWithin({ html: heavyHtml }, limits);
  assert.ok(time.leftMs < afterLight, `${time.leftMs} ms left after ${afterLight}`);
  assert.match(heavy.text, /story/);

  time.spend(time.leftMs);
  for (const html of [story, heavyHtml]) {
    const { text, notes } = await bodyTextWithin({ html }, limits);
    assert.equal(text, '');
    assert.deepEqual(notes, ['The call has taken its time, so nothing of its body is shown.']);
  }
});
