import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import { parseConfigurationFile } from '../../src/supervisor/configuration/parse-configuration-file.ts';
import { splitCommand } from '../../src/supervisor/configuration/split-words.ts';
import type { ProcessConfiguration } from '../../src/supervisor/configuration/supervisor-configuration.ts';
import { makeHome } from './harness.ts';

type Configuration = ReturnType<typeof parseConfigurationFile>;

function parse(
  t: TestContext,
  text: string,
  environment: Record<string, string> = {},
): Configuration & { folder: string } {
  const home = makeHome(t);
  writeFileSync(home.configurationFile, text);
  const defaults = { logFile: home.supervisorLogFile, pidFile: home.supervisorPidFile };
  const configuration = parseConfigurationFile({ file: home.configurationFile, environment, defaults });
  return { ...configuration, folder: home.folder };
}

function only(configuration: Configuration): ProcessConfiguration {
  const [group] = configuration.groups;
  assert.equal(configuration.groups.length, 1);
  assert.equal(group?.processes.length, 1);
  return group.processes[0]!;
}

/** The message of the fault that `text` is, with the file's name in place of its path. */
function faultOf(t: TestContext, text: string, environment: Record<string, string> = {}): string {
  let message = '';
  assert.throws(
    () => parse(t, text, environment),
    (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'INVALID_INPUT');
      ({ message } = error);
      return true;
    },
  );
  return message.replaceAll(/\/\S*\/supervisord\.conf/g, 'FILE');
}

test('comments, continuation lines, both separators, case of keys and repeated sections read as supervisord reads them', (t) => {
  const configuration = parse(
    t,
    `; a comment
[supervisord]
[program:a]
COMMAND = /bin/cat  ; from here on a comment
priority: 5 # and here
stdout_logfile=/dev/null;not-a-comment
environment=A="x,y",
    B=2
[program:b]
command=/bin/cat
[program:a]
priority=7
command=/bin/cat
  --more
  # in between

  --last
`,
  );
  const [a, b] = configuration.groups.map((group) => group.processes[0]);
  assert.equal(a?.name, 'a');
  assert.equal(a?.priority, 7);
  assert.equal(a?.command, '/bin/cat\n--more\n\n--last');
  assert.deepEqual(a?.environment, { A: 'x,y', B: '2' });
  assert.deepEqual(a?.stdout.target, { kind: 'file', path: '/dev/null;not-a-comment' });
  assert.equal(b?.priority, 999);
});

test('what is not set has the defaults of supervisord', (t) => {
  const process = only(parse(t, '[supervisord]\n[program:x]\ncommand=/bin/cat\n'));
  const log = {
    target: { kind: 'auto' },
    maximumBytes: 52_428_800,
    backups: 10,
    captureMaximumBytes: 0,
    eventsEnabled: false,
    syslog: false,
  };
  assert.deepEqual(process, {
    name: 'x',
    command: '/bin/cat',
    priority: 999,
    autostart: true,
    autorestart: 'unexpected',
    startSeconds: 1,
    startRetries: 3,
    stopSignal: 15,
    stopWaitSeconds: 10,
    stopAsGroup: false,
    killAsGroup: false,
    exitCodes: [0],
    redirectStderr: false,
    stdout: log,
    stderr: log,
    environment: {},
    extra: {
      readyTimeoutSeconds: 30,
      liveIntervalSeconds: 10,
      liveTimeoutSeconds: 5,
      liveFailures: 3,
      maximumRssBytes: 0,
      backOffMaximumSeconds: 30,
    },
  });
});

test('every kind of expansion is made', (t) => {
  const configuration = parse(
    t,
    `[supervisord]
environment=SHARED="s"
[program:web]
command=/bin/cat %(here)s %(program_name)s %(group_name)s %(process_num)02d %(numprocs)d %(host_node_name)s 100%% %(ENV_PORT)s %(ENV_SHARED)s %(ENV_OWN)s
process_name=%(program_name)s-%(process_num)d
numprocs=2
numprocs_start=8
environment=OWN="o%(process_num)d"
x_ready_url=http://127.0.0.1:%(ENV_PORT)s/%(process_num)d
[group:g]
programs=web
priority=3
`,
    { PORT: '8001' },
  );
  const [group] = configuration.groups;
  assert.equal(group?.priority, 3);
  assert.deepEqual(
    group?.processes.map(({ name }) => name),
    ['web-8', 'web-9'],
  );
  const { command, environment, extra } = group.processes[1]!;
  assert.equal(command, `/bin/cat ${configuration.folder} web g 09 2 ${hostname()} 100% 8001 s o9`);
  assert.deepEqual(environment, { SHARED: 's', OWN: 'o9' });
  assert.equal(extra.readyUrl, 'http://127.0.0.1:8001/9');
});

test('a program that listens on every address is asked on the loopback one', (t) => {
  const urlsOf = (host: string) => {
    const keys = `x_ready_url=http://${host}:8001/ready\nx_live_url=http://${host}/live\n`;
    const { readyUrl, liveUrl } = only(parse(t, `[supervisord]\n[program:web]\ncommand=/bin/cat\n${keys}`)).extra;
    return [readyUrl, liveUrl];
  };
  assert.deepEqual(urlsOf('0.0.0.0'), ['http://127.0.0.1:8001/ready', 'http://127.0.0.1/live']);
  assert.deepEqual(urlsOf('[::]'), ['http://[::1]:8001/ready', 'http://[::1]/live']);
  assert.deepEqual(urlsOf('10.0.0.1'), ['http://10.0.0.1:8001/ready', 'http://10.0.0.1/live']);
});

test('included files are read in order, with their own folder for here', (t) => {
  const home = makeHome(t);
  const more = join(home.folder, 'more');
  mkdirSync(more);
  writeFileSync(home.configurationFile, '[supervisord]\n[include]\nfiles = more/*.conf nowhere/*.conf\n');
  writeFileSync(join(more, 'b.conf'), '[program:b]\ncommand=%(here)s/b\n');
  writeFileSync(join(more, 'a.conf'), '[program:a]\ncommand=%(here)s/a\n');
  const configuration = parseConfigurationFile({
    file: home.configurationFile,
    environment: {},
    defaults: { logFile: home.supervisorLogFile, pidFile: home.supervisorPidFile },
  });
  assert.deepEqual(
    configuration.groups.map(({ processes }) => processes[0]?.command),
    [`${more}/a`, `${more}/b`],
  );
  assert.deepEqual(configuration.warnings, [`No file matches "${home.folder}/nowhere/*.conf" in [include].`]);
});

test('keys and sections that are not acted on are named', (t) => {
  const { warnings } = parse(
    t,
    `[supervisord]
minfds=2048
[inet_http_server]
port=127.0.0.1:9001
[program:x]
command=/bin/cat
stdout_syslog=true
strat_secs=3
`,
  );
  assert.deepEqual(warnings, [
    'minfds in [supervisord] is not acted on.',
    'The section [inet_http_server] is not acted on.',
    'stdout_syslog in [program:x] is a key of supervisord that is not acted on.',
    'strat_secs in [program:x] is not a known key.',
  ]);
});

/** A file with one program and one more line, the fourth. */
const program = (line: string): string => `[supervisord]\n[program:x]\ncommand=/bin/cat\n${line}\n`;

test('a fault is told with its file, its line and what was expected', (t) => {
  const cases: readonly (readonly [text: string, message: string])[] = [
    ['key=value\n', 'FILE:1: expected a [section] before the first key, got "key=value".'],
    ['[supervisord]\nnonsense\n', 'FILE:2: expected key=value, [section] or a comment, got "nonsense".'],
    ['[program:x]\ncommand=/bin/cat\n', 'FILE:1: expected a section [supervisord], got none.'],
    ['[supervisord]\n[program:x]\n', 'FILE:2: expected a command in [program:x], got none.'],
    [program('startsecs=soon'), 'FILE:4: expected startsecs in [program:x] to be a whole number, got "soon".'],
    [program('autostart=maybe'), 'FILE:4: expected autostart in [program:x] to be true or false, got "maybe".'],
    [
      program('autorestart=maybe'),
      'FILE:4: expected autorestart in [program:x] to be true, false or unexpected, got "maybe".',
    ],
    [
      program('stopsignal=BYE'),
      'FILE:4: expected stopsignal in [program:x] to be the name or the number of a signal, got "BYE".',
    ],
    [
      program('exitcodes=0,256'),
      'FILE:4: expected exitcodes in [program:x] to be exit codes from 0 to 255, got "0,256".',
    ],
    [
      program('stdout_logfile_maxbytes=10MiB'),
      'FILE:4: expected stdout_logfile_maxbytes in [program:x] to be a number of bytes such as 512, 64KB, 10MB or 1GB, got "10MiB".',
    ],
    [
      program('stdout_logfile=/nowhere/x.log'),
      'FILE:4: expected stdout_logfile in [program:x] to be a file in a folder that exists (make it with: mkdir -p /nowhere), got "/nowhere/x.log".',
    ],
    [
      program('user=nobody-here'),
      'FILE:4: expected user in [program:x] to be a user of this machine, got "nobody-here".',
    ],
    [
      program('environment=A'),
      'FILE:4: expected environment in [program:x] to be KEY="value",KEY2="value" (a value with other than letters, digits and _/.+-(): in quotes), got "A".',
    ],
    [
      program('directory=%(ENV_NOT_SET)s'),
      'FILE:4: expected directory in [program:x] to be the environment variable NOT_SET to be set, got "%(ENV_NOT_SET)s".',
    ],
    [
      program('numprocs=2'),
      'FILE:2: expected process_name in [program:x] with %(process_num)d in it, as numprocs is over 1, got %(program_name)s.',
    ],
    [
      program('stopasgroup=true\nkillasgroup=false'),
      'FILE:5: expected killasgroup=true in [program:x], as stopasgroup is true, got false.',
    ],
    [
      program('x_ready_url=127.0.0.1:1'),
      'FILE:4: expected x_ready_url in [program:x] to be an address such as http://127.0.0.1:8001/health/ready, got "127.0.0.1:1".',
    ],
    [
      program('[group:g]\nprograms=x,y'),
      'FILE:5: expected programs in [group:g] that have a section of their own, got y.',
    ],
    [
      '[supervisord]\n[program:a b]\ncommand=/bin/cat\n',
      'FILE:2: expected name in [program:a b] to be a name without space, colon and slash, got "a b".',
    ],
    ['[supervisord]\n[include]\n', 'FILE:2: expected files= in [include], got none.'],
    ['[supervisord]\n[unix_http_server]\n', 'FILE:2: expected file= in [unix_http_server], got none.'],
  ];
  for (const [text, message] of cases) assert.equal(faultOf(t, text), message);
  assert.match(
    faultOf(t, program('x_redy_url=http://h/')),
    /^FILE:4: expected one of x_listen, .* in \[program:x\], got x_redy_url\.$/,
  );
  assert.match(
    faultOf(t, program('directory=%(hear)s')),
    /to be one of %\(group_name\)s, %\(here\)s, .* instead of %\(hear\)s/,
  );
});

test('a missing file says so and how to get one', (t) => {
  const home = makeHome(t);
  const file = join(home.folder, 'none.conf');
  assert.throws(
    () => parseConfigurationFile({ file, environment: {}, defaults: { logFile: '', pidFile: '' } }),
    new AppError('NOT_FOUND', `There is no configuration file ${file}.`, {
      hint: 'Name the folder that holds supervisord.conf in GMAIL_HOME, or start in an empty home to get one.',
    }),
  );
});

test('commands are split as a shell splits them', () => {
  const cases: readonly (readonly [command: string, words: readonly string[]])[] = [
    ['a  b\tc', ['a', 'b', 'c']],
    [`a 'b "c" d' "e 'f' \\"g\\" \\h"`, ['a', 'b "c" d', `e 'f' "g" \\h`]],
    ['a\\ b c""d \'\'', ['a b', 'cd', '']],
    ['', []],
  ];
  for (const [command, words] of cases) assert.deepEqual(splitCommand(command), words);
  assert.throws(() => splitCommand("a 'b"), new Error('a closing quotation mark'));
  assert.throws(() => splitCommand('a "b\\'), new Error('a closing quotation mark'));
  assert.throws(() => splitCommand('a\\'), new Error('a character after the backslash'));
});
