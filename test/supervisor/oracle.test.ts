import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test, { type TestContext } from 'node:test';
import type { Home } from '../../src/core/home.ts';
import { eventually } from '../support/eventually.ts';
import { control, makeHome, needsSupervisord, realControl, startSupervisor, type Answer } from './harness.ts';
import { normalized, scenario, sections } from './scenario.ts';

type Transcript = readonly string[];

function transcriptOf(answers: readonly Answer[]): Transcript {
  return answers.map((answer, index) => `> ${scenario[index]}\n${normalized(answer)}`);
}

async function untilTalking(home: Home): Promise<void> {
  const hasTalked = async (): Promise<boolean> => (await control(home, ['tail', 'talker'])).stdout.includes('<&>');
  await eventually('a word of the talker', hasTalked);
}

/** The scenario on our supervisor, through our client or Debian's. */
async function playOurs(
  t: TestContext,
  play: (home: Home, lines: readonly string[]) => Promise<readonly Answer[]>,
): Promise<Transcript> {
  const running = await startSupervisor(t, makeHome(t, sections));
  await untilTalking(running.home);
  const answers = await play(running.home, scenario);
  await running.stop();
  return transcriptOf(answers);
}

/** The scenario on Debian's supervisord, through its own client. */
async function playTheirs(t: TestContext): Promise<Transcript> {
  const home = makeHome(t, sections);
  const supervisord = spawn('/usr/bin/supervisord', ['-n', '-c', home.configurationFile], { stdio: 'ignore' });
  const ended = once(supervisord, 'exit');
  try {
    await untilTalking(home);
    return transcriptOf(await realControl(home, scenario));
  } finally {
    supervisord.kill();
    await ended;
  }
}

async function playLines(home: Home, lines: readonly string[]): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const line of lines) answers.push(await control(home, line.split(' ').filter(Boolean)));
  return answers;
}

/** Intended: programs stop descending by priority, where supervisord stops ascending; so their results come in another order. */
function withoutOrder(transcript: Transcript): Transcript {
  return transcript.map((entry) => {
    const isMany = /^> (?:stop|restart) (?:all|\w+:\*)\n/.test(entry);
    return isMany
      ? entry
          .replace(/\[exit \d\]$/, '')
          .split('\n')
          .toSorted()
          .join('\n')
      : entry;
  });
}

test(
  'both clients say the same and end the same on our supervisor, and supervisord answers as ours does',
  needsSupervisord,
  async (t) => {
    const [ours, throughTheirClient, theirs] = await Promise.all([
      playOurs(t, playLines),
      playOurs(t, realControl),
      playTheirs(t),
    ]);
    assert.ok(scenario.length >= 60);
    assert.deepEqual(ours, throughTheirClient);
    assert.deepEqual(withoutOrder(throughTheirClient), withoutOrder(theirs));
  },
);
