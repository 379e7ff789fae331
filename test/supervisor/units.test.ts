import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { Home } from '../../src/core/home.ts';
import { parseConfigurationFile } from '../../src/supervisor/configuration/parse-configuration-file.ts';
import { launchdAgents } from '../../src/supervisor/units/launchd-agents.ts';
import { systemdUnits } from '../../src/supervisor/units/systemd-units.ts';
import { unitPrograms, type UnitFile, type UnitProgram } from '../../src/supervisor/units/unit-program.ts';
import { makeHome, program } from './harness.ts';

const needsSystemd = existsSync('/usr/bin/systemd-analyze')
  ? {}
  : { skip: 'systemd-analyze is missing: apt-get install -y systemd' };
const needsPython = existsSync('/usr/bin/python3') ? {} : { skip: 'python3 is missing: apt-get install -y python3' };

const sections =
  program('server', `/bin/sh -c "exec sleep 60 100%% $HOME 'q' \\\\"`, {
    priority: 5,
    directory: '/tmp',
    environment: 'A="b c",B="100%% \'sure\' x"',
    umask: '027',
    stopsignal: 'INT',
    stopwaitsecs: 7,
    stopasgroup: 'true',
    exitcodes: '0,2',
    x_listen: '127.0.0.1:4711',
    x_max_rss: '300MB',
  }) +
  program('worker', 'sleep 60', {
    priority: 9,
    autostart: 'false',
    autorestart: 'true',
    redirect_stderr: 'false',
    stdout_logfile: 'NONE',
    startretries: 9,
  }) +
  program('once', 'true', { autorestart: 'false', exitcodes: 3, x_listen: 'mail.example:25' }) +
  program('picky', 'true', { exitcodes: 3, x_listen: '[::1]:4712' }) +
  program('home', 'true', { x_listen: 'localhost:4713' });

function programsOf(home: Home, environment: Readonly<Record<string, string>> = {}): readonly UnitProgram[] {
  const configuration = parseConfigurationFile({
    file: home.configurationFile,
    environment: {},
    defaults: { logFile: home.supervisorLogFile, pidFile: home.supervisorPidFile },
  });
  return unitPrograms(configuration, environment, '/bin:/usr/bin', '/srv/mail/settings');
}

function contentOf(files: readonly UnitFile[], name: string): string {
  const file = files.find((candidate) => candidate.name === name);
  assert.ok(file, `${name} is not among ${files.map((candidate) => candidate.name).join(', ')}`);
  return file.content;
}

function writeFiles(home: Home, files: readonly UnitFile[]): readonly string[] {
  const folder = join(home.folder, 'units');
  mkdirSync(folder);
  return files.map(({ name, content }) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  });
}

const sandbox = { writableFolder: '/srv/mail', manager: 'user' } as const;

test('a systemd service starts, restarts and stops a program as its section says', (t) => {
  const home = makeHome(t, sections);
  const files = systemdUnits(programsOf(home, { GMAIL_HOME: '/a home' }), { sandbox });
  assert.deepEqual(
    files.map(({ name }) => name),
    [
      'server.service',
      'server.socket',
      'worker.service',
      'home.service',
      'home.socket',
      'once.service',
      'picky.service',
      'picky.socket',
    ],
  );
  assert.equal(
    contentOf(files, 'server.service'),
    `[Unit]
Description=server
After=server.socket
Requires=server.socket
StartLimitIntervalSec=60
StartLimitBurst=4

[Service]
Type=exec
ExecStart=/bin/sh -c "exec sleep 60 100%% $$HOME 'q' \\\\"
WorkingDirectory=/tmp
EnvironmentFile=-/srv/mail/settings
Environment="GMAIL_HOME=/a home"
Environment="A=b c"
Environment="B=100%% 'sure' x"
Restart=on-failure
SuccessExitStatus=2
RestartForceExitStatus=SIGHUP SIGINT SIGTERM SIGPIPE
RestartSec=1
KillSignal=SIGINT
KillMode=control-group
TimeoutStopSec=7
MemoryMax=314572800
StandardOutput=append:${home.folder}/logs/server.log
StandardError=append:${home.folder}/logs/server.log
UMask=0027

[Install]
WantedBy=default.target
`,
  );
  assert.equal(
    contentOf(files, 'server.socket'),
    `[Unit]
Description=Address of server

[Socket]
ListenStream=127.0.0.1:4711
NoDelay=true

[Install]
WantedBy=sockets.target
`,
  );
  assert.match(contentOf(files, 'picky.socket'), /^ListenStream=\[::1\]:4712$/m);
  assert.match(contentOf(files, 'home.socket'), /^ListenStream=127\.0\.0\.1:4713$/m);
  const worker = contentOf(files, 'worker.service');
  for (const line of [
    'After=server.service',
    'StartLimitBurst=10',
    'Restart=always',
    'KillMode=mixed',
    'StandardOutput=null',
    'StandardError=journal',
  ]) {
    assert.ok(worker.includes(`\n${line}\n`), line);
  }
  assert.ok(!worker.includes('[Install]'));
  assert.match(contentOf(files, 'once.service'), /^Restart=no$/m);
  assert.match(contentOf(files, 'once.service'), /^After=server\.service worker\.service$/m);
  assert.match(contentOf(files, 'picky.service'), /^SuccessExitStatus=3\nRestartForceExitStatus=0 SIGHUP /m);
});

test('systemd finds no fault in the units', needsSystemd, (t) => {
  const home = makeHome(t, sections);
  const files = writeFiles(home, systemdUnits(programsOf(home), { sandbox }));
  const { status, stderr, stdout } = spawnSync('/usr/bin/systemd-analyze', ['verify', '--man=no', ...files], {
    encoding: 'utf8',
  });
  const complaints = `${stdout}${stderr}`.split('\n').filter((line) => line.includes(home.folder));
  assert.deepEqual({ status, complaints }, { status: 0, complaints: [] });
});

/** The property list as Python reads it. */
function readPropertyList(file: string): unknown {
  const script = 'import json, plistlib, sys; print(json.dumps(plistlib.load(open(sys.argv[1], "rb"))))';
  return JSON.parse(execFileSync('/usr/bin/python3', ['-c', script, file], { encoding: 'utf8' }));
}

test('a launchd agent is a property list that says the same', needsPython, (t: TestContext) => {
  const home = makeHome(
    t,
    sections + program('odd', 'echo "<&>" "a b"', { autorestart: 'true', redirect_stderr: 'false' }),
  );
  const files = launchdAgents(programsOf(home, { GMAIL_HOME: '/<a> & "home"' }));
  const lists = new Map(writeFiles(home, files).map((path, index) => [files[index]?.name, readPropertyList(path)]));
  assert.deepEqual(lists.get('gmail-llm.server.plist'), {
    Label: 'gmail-llm.server',
    ProgramArguments: ['/bin/sh', '-c', `exec sleep 60 100% $HOME 'q' \\`],
    WorkingDirectory: '/tmp',
    EnvironmentVariables: { GMAIL_HOME: '/<a> & "home"', A: 'b c', B: "100% 'sure' x" },
    Umask: 0o27,
    RunAtLoad: true,
    KeepAlive: { SuccessfulExit: false },
    ThrottleInterval: 1,
    ExitTimeOut: 7,
    StandardOutPath: `${home.folder}/logs/server.log`,
    StandardErrorPath: `${home.folder}/logs/server.log`,
  });
  assert.deepEqual(lists.get('gmail-llm.odd.plist'), {
    Label: 'gmail-llm.odd',
    ProgramArguments: ['/bin/echo', '<&>', 'a b'],
    EnvironmentVariables: { GMAIL_HOME: '/<a> & "home"' },
    RunAtLoad: true,
    KeepAlive: true,
    ThrottleInterval: 1,
    ExitTimeOut: 10,
    StandardOutPath: `${home.folder}/logs/odd.log`,
  });
});

test('programs of one name in two groups have units of two names', (t) => {
  const two = program('a', 'true') + program('b', 'true', { process_name: 'a' });
  assert.deepEqual(
    programsOf(makeHome(t, two)).map(({ name }) => name),
    ['a-a', 'b-a'],
  );
});

test('a command that cannot be executed gets no unit', (t) => {
  const home = makeHome(t, program('lost', '/does/not/exist'));
  assert.throws(() => programsOf(home), {
    code: 'INVALID_INPUT',
    message: "No unit can be made for lost: can't find command '/does/not/exist'.",
  });
});
