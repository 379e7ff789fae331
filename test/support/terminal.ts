import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { childEnvironment } from './child-environment.ts';
import { bin } from './installation.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const needsTmux =
  spawnSync('tmux', ['-V']).status === 0 ? {} : { skip: 'tmux is missing: apt-get install -y tmux' };

/** A command takes seconds at most; on a busy machine many more. */
const withinMs = 90_000;

/** A window of a real terminal with a shell in it. */
interface Window {
  /** Types a line and presses Enter. */
  readonly enter: (line: string) => void;
  /** Presses keys by their names: `C-c`, `Tab`; other words are typed. */
  readonly press: (...keys: string[]) => void;
  /** Waits for a match in what is shown, wrapped lines joined; returns it. */
  readonly until: (pattern: RegExp) => Promise<string>;
  /** Runs a command to its end: what it showed. Its exit code has to be `code`. */
  readonly run: (line: string, code?: number) => Promise<string>;
  readonly resize: (columns: number) => void;
}

/** Opens windows of one terminal, in which `gmail-llm` is a command; it is closed with the test. */
export function openTerminal(t: TestContext, environment: Readonly<Record<string, string>>): (name: string) => Window {
  let close = () => {};
  // Before the folder with its socket goes.
  t.after(() => close());
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'bin'));
  symlinkSync(join(bin, 'gmail-llm.js'), join(folder, 'bin', 'gmail-llm'));
  const env = {
    ...childEnvironment,
    ...environment,
    HOME: folder,
    PATH: `${join(folder, 'bin')}:${childEnvironment.PATH}`,
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    HISTFILE: '',
  };
  const tmux = (...words: string[]) =>
    execFileSync('tmux', ['-S', join(folder, 'tmux'), '-f', '/dev/null', ...words], { env, encoding: 'utf8' });
  close = () => void tmux('kill-server');
  return (name) => {
    tmux('new-session', '-d', '-s', name, '-x', '100', '-y', '50', 'bash --norc --noprofile');
    const send = (...words: string[]) => void tmux('send-keys', '-t', name, ...words);
    const shown = () => tmux('capture-pane', '-p', '-J', '-S', '-', '-t', name).trimEnd();
    const until = async (pattern: RegExp) => {
      const deadlineMs = performance.now() + withinMs;
      for (;;) {
        const [found] = pattern.exec(shown()) ?? [];
        if (found !== undefined) return found;
        if (performance.now() > deadlineMs) assert.fail(`${pattern} is not shown:\n${shown()}`);
        await delay(50);
      }
    };
    const enter = (line: string) => {
      send('-l', line);
      send('Enter');
    };
    let commands = 0;
    const run = async (line: string, code = 0) => {
      commands += 1;
      const end = new RegExp(`^ended-${commands}: (\\d+)$`, 'm');
      enter(`clear; ${line}; echo "ended-${commands}: $?"`);
      const last = await until(end);
      assert.equal(last, `ended-${commands}: ${code}`, shown());
      return (shown().split(end)[0] ?? '').split(/ended-\d+: \$\?"\n/).at(-1) ?? '';
    };
    return {
      enter,
      press: (...keys) => send(...keys),
      until,
      run,
      resize: (columns) => void tmux('resize-window', '-t', name, '-x', `${columns}`),
    };
  };
}
