import { program, shell, type Answer } from './harness.ts';

/** Programs that show every state that verbs meet. */
export const sections =
  program('cat', '/bin/cat') +
  program('member', '/bin/cat', { priority: 5 }) +
  program('other', '/bin/cat', { autostart: 'false' }) +
  program('nowhere', '/does/not/exist', { autostart: 'false' }) +
  program('flaky', shell('exit 1'), { autostart: 'false', startsecs: 5, startretries: 0 }) +
  program('talker', shell('echo hello; echo "<&> ü"; exec sleep 60')) +
  '[group:g]\nprograms=member,other\n';

/** Verbs, one after the other, whose lines and exit codes both clients must agree on. */
export const scenario: readonly string[] = [
  'status',
  'status g:*',
  'status cat g:other nope',
  'status nope:*',
  'pid',
  'pid cat',
  'pid g:member',
  'pid all',
  'pid nope',
  'pid g:other',
  'start',
  'start cat',
  'start g:other',
  'start nope',
  'start nope:x',
  'start nope:*',
  'start nowhere',
  'start flaky',
  'status flaky',
  'stop g:other',
  'stop g:other',
  'stop nope:*',
  'stop',
  'start all',
  'signal',
  'signal HUP',
  'signal NOPE cat',
  'signal CONT cat g:member',
  'signal CONT g:*',
  'signal CONT all',
  'signal CONT nope',
  'signal CONT flaky',
  'restart',
  'restart cat',
  'restart g:member',
  'restart g:*',
  'tail',
  'tail talker',
  'tail -6 talker',
  'tail -6 talker stderr',
  'tail talker bogus',
  'tail nope',
  'tail -x talker',
  'tail a b c d',
  'tail g:other',
  'maintail -x',
  'maintail 1',
  'maintail 1 2',
  'fg',
  'fg cat talker',
  'fg nope',
  'fg flaky',
  'clear',
  'clear talker',
  'clear nope',
  'clear all',
  'tail talker',
  'avail',
  'avail x',
  'reread',
  'reread x',
  'update',
  'update nope',
  'add cat',
  'add nope',
  'remove cat',
  'remove nope',
  'version',
  'version x',
  'stop all',
  'stop all',
  'remove cat',
  'status',
  'add cat',
  'bogus',
  'bogus cat',
  'reload x',
  'shutdown x',
];

/** Pids, uptimes and times of day are not the same twice. */
export function normalized({ exitCode, stdout }: Answer): string {
  const text = stdout
    .replaceAll(/pid \d+, uptime \d+:\d\d:\d\d/g, 'pid N, uptime T')
    .replaceAll(/\w{3} \d\d \d\d:\d\d [AP]M/g, 'TIME')
    .replaceAll(/^\d+$/gm, (digits) => (digits === '0' ? '0' : 'PID'));
  return `${text}[exit ${exitCode}]`;
}
