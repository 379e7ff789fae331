import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { TaskTime } from '../../src/core/task-time.ts';
import { parseMimeWithin, readMimeWithin } from '../../src/parser/parse-mime-within.ts';
import { parserProcess } from '../../src/parser/parser-process.ts';

after(() => parserProcess.stop());

function withFile(lines: number): Uint8Array {
  return Buffer.from(
    [
      'Subject: with a file',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: application/pdf; name=a.pdf',
      'Content-Transfer-Encoding: base64',
      '',
      ...Array.from({ length: lines }, () => 'QUJD'.repeat(19)),
      '--b--',
      '',
    ].join('\r\n'),
  );
}

/** Lines that all might be boundaries: seconds of work for the parser. */
const slow = Buffer.from(`Content-Type: multipart/mixed; boundary=-\r\n\r\n${'--\r\n'.repeat(1_500_000)}`);

test('reads a small and a large message alike', async () => {
  for (const lines of [10, 20_000]) {
    const parsed = await parseMimeWithin(withFile(lines), { deadlineMs: 60_000 });
    assert.equal(parsed.subject, 'with a file');
    assert.equal(parsed.attachments.length, 1);
    assert.equal(parsed.attachments[0]?.filename, 'a.pdf');
    assert.equal(parsed.attachments[0]?.content.byteLength, lines * 57);
    assert.ok(parsed.attachments[0]?.content instanceof Uint8Array);
  }
});

test('reads a message alone as it is parsed, without the bytes of its files', async () => {
  for (const lines of [10, 20_000]) {
    const whole = await parseMimeWithin(withFile(lines), { deadlineMs: 60_000 });
    const files = whole.attachments.map(({ content: _content, ...facts }) => facts);
    const read = await readMimeWithin(withFile(lines), { deadlineMs: 60_000 });
    assert.deepEqual(read, { ...whole, attachments: files });
  }
});

test('a message for which no time is left is TOO_LARGE, whatever its size', async () => {
  const time = new TaskTime(1000, new TaskTime(10));
  for (const lines of [10, 20_000])
    await assert.rejects(parseMimeWithin(withFile(lines), { deadlineMs: 60_000, time }), { code: 'TOO_LARGE' });
});

test('the event loop goes on while a large message is parsed', async () => {
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 5);
  await parseMimeWithin(withFile(100_000), { deadlineMs: 60_000 });
  clearInterval(timer);
  assert.ok(turns > 2, `${turns} turns`);
});

test('a message that takes too long is TOO_LARGE and says how to get it', async () => {
  await assert.rejects(parseMimeWithin(slow, { deadlineMs: 10 }), {
    code: 'TOO_LARGE',
    message: `The message of ${slow.byteLength} bytes was not parsed within 10 ms.`,
    details: { hint: 'Download it as it is instead: GET /api/messages/{id}/raw.' },
  });
});

test('messages wait for their turn, within their deadline', async () => {
  const outcomes = await Promise.allSettled([
    ...[slow, slow].map((raw) => parseMimeWithin(raw, { deadlineMs: 10 })),
    parseMimeWithin(withFile(20_000), { deadlineMs: 10 }),
    parseMimeWithin(withFile(20_000), { deadlineMs: 60_000 }),
  ]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected', 'fulfilled'],
  );
});

test('an aborted call stops with the reason of its signal', async () => {
  const controller = new AbortController();
  const parsing = parseMimeWithin(slow, { deadlineMs: 60_000, signal: controller.signal });
  controller.abort(new Error('the caller left'));
  await assert.rejects(parsing, { message: 'the caller left' });
  await assert.rejects(parseMimeWithin(slow, { deadlineMs: 60_000, signal: controller.signal }), {
    message: 'the caller left',
  });
});

/** The child of this process: the parser process is the only one. */
function parserPid(): number {
  return Number(readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8'));
}

test('what is stored waits for a machine without a processor to spare, what a caller waits for does not', async () => {
  const deadlineMs = 700;
  const message = withFile(20_000);
  await parseMimeWithin(message, { deadlineMs: 60_000 });
  process.kill(parserPid(), 'SIGSTOP');
  const stored = parseMimeWithin(message, { deadlineMs, isPatient: true });
  const outcome = await Promise.race([stored, delay(4.5 * deadlineMs, 'it waits')]);
  assert.equal(outcome, 'it waits');
  process.kill(parserPid(), 'SIGCONT');
  assert.equal((await stored).attachments.length, 1);
  process.kill(parserPid(), 'SIGSTOP');
  await assert.rejects(parseMimeWithin(message, { deadlineMs }), { code: 'TOO_LARGE' });
});
