import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { node } from './harness.ts';

// The tests that supervisor's own authors run against supervisord, from the installed package, unmodified, against ours.

const python = '/usr/bin/python3';
const upstream = '/usr/lib/python3/dist-packages/supervisor';
const testFile = join(upstream, 'tests/test_end_to_end.py');
const standIn = fileURLToPath(new URL('fixtures/supervisord.ts', import.meta.url));

/** What of them ours does not do. */
const leftOut: Readonly<Record<string, string>> = {
  test_issue_638:
    'log wording: it wants "Undecodable: …" and "received SIGCHLD …", and ours does not read what programs write',
  test_issue_663: 'event listeners are not run',
  test_issue_733: 'event listeners are not run',
  test_issue_1170c: 'event listeners are not run',
  test_issue_1251: "wording: it wants supervisord's own help, and ours has another command line",
};

/** These two use the same socket. */
const oneByOne: readonly string[] = ['test_issue_565', 'test_issue_836'];

/** The Debian package leaves this fixture out; its test says what it has to print. */
const helloScript =
  'n=0\nwhile [ $n -lt 100 ]; do n=$((n + 1)); echo "The Øresund bridge ends in Malmö - $n"; sleep 0.2; done\n';

function whyNot(): string | undefined {
  if (!existsSync(testFile)) return 'supervisord is missing: apt-get install -y supervisor';
  try {
    execFileSync(python, ['-c', 'import pexpect'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'pexpect is missing: apt-get install -y python3-pexpect';
  }
}

function linkAll(from: string, to: string, except: readonly string[]): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) if (!except.includes(name)) symlinkSync(join(from, name), join(to, name));
}

/** The package as it is installed, but for `supervisord`, which is ours. */
function makePackage(folder: string): void {
  const copy = join(folder, 'supervisor');
  linkAll(upstream, copy, ['supervisord.py', 'tests', '__pycache__']);
  linkAll(join(upstream, 'tests'), join(copy, 'tests'), ['fixtures', '__pycache__']);
  linkAll(join(upstream, 'tests/fixtures'), join(copy, 'tests/fixtures'), ['__pycache__']);
  const hello = join(copy, 'tests/fixtures/hello.sh');
  if (!existsSync(hello)) writeFileSync(hello, helloScript);
  writeFileSync(
    join(copy, 'supervisord.py'),
    `import os, sys\nos.execv(${JSON.stringify(node)}, ${JSON.stringify([node, standIn])} + sys.argv[1:])\n`,
  );
  mkdirSync(join(folder, 'bin'));
  symlinkSync(python, join(folder, 'bin/python'));
  mkdirSync(join(folder, 'logs'));
}

async function runUpstream(t: TestContext, name: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gmail-llm-upstream-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  makePackage(folder);
  const output = await new Promise<string>((resolve, reject) => {
    execFile(
      python,
      ['-W', 'ignore', '-B', '-m', 'unittest', `supervisor.tests.test_end_to_end.EndToEndTests.${name}`],
      {
        cwd: folder,
        timeout: 120_000,
        env: {
          ...process.env,
          END_TO_END: '1',
          LC_ALL: 'C.UTF-8',
          PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}`,
          PYTHONPATH: folder,
          TMPDIR: join(folder, 'logs'),
        },
      },
      (error, _stdout, stderr) => {
        if (error === null) resolve(stderr);
        else reject(new Error(stderr, { cause: error }));
      },
    );
  });
  assert.match(output, /^Ran 1 test in .*\n\nOK$/m);
}

const missing = whyNot();
const names =
  missing === undefined
    ? [...readFileSync(testFile, 'utf8').matchAll(/^ {4}def (test_\w+)/gm)].map(([, name = '']) => name)
    : [];

test("supervisor's own end-to-end tests are installed", missing === undefined ? {} : { skip: missing }, () => {
  assert.ok(names.length >= 25);
  for (const name of [...Object.keys(leftOut), ...oneByOne]) assert.ok(names.includes(name), `${name} is gone`);
});

describe("supervisor's own end-to-end tests", { concurrency: 4 }, () => {
  test('those with a socket in common', { skip: missing }, async (t) => {
    for (const name of oneByOne) await t.test(name, (inner) => runUpstream(inner, name));
  });
  for (const name of names.filter((item) => !oneByOne.includes(item))) {
    const reason = leftOut[name];
    test(name, reason === undefined ? {} : { skip: reason }, (t) => runUpstream(t, name));
  }
});
