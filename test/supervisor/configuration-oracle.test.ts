import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import * as fc from 'fast-check';
import { messageOf } from '../../src/core/errors.ts';
import { parseConfigurationFile } from '../../src/supervisor/configuration/parse-configuration-file.ts';
import { configInfo } from '../../src/supervisor/control/process-info.ts';
import { makeHome, needsSupervisord } from './harness.ts';

/** Reads files as supervisord does and prints what its getAllConfigInfo would tell, or the complaint. */
const oracle = `
import sys, json
from supervisor.options import ServerOptions
from supervisor.datatypes import Automatic
out = []
for path in json.load(sys.stdin):
    options = ServerOptions()
    try:
        options.configfile = path
        options.here = path.rsplit('/', 1)[0]
        section = options.read_config(path)
    except Exception as error:
        out.append({'error': str(error)})
        continue
    infos = []
    for g in section.process_group_configs:
        for p in g.process_configs:
            d = {k: getattr(p, k) for k in ('autostart directory uid command exitcodes killasgroup name redirect_stderr '
                'startretries startsecs stdout_capture_maxbytes stdout_events_enabled stdout_logfile stdout_logfile_backups '
                'stdout_logfile_maxbytes stdout_syslog stopwaitsecs stderr_capture_maxbytes stderr_events_enabled '
                'stderr_logfile stderr_logfile_backups stderr_logfile_maxbytes stderr_syslog serverurl').split()}
            d.update(group=g.name, group_prio=g.priority, process_prio=p.priority, stopsignal=int(p.stopsignal), inuse=True)
            d.update((k, 'auto') for k, v in list(d.items()) if v is Automatic)
            d.update((k, 'none') for k, v in list(d.items()) if v is None)
            infos.append([d, p.environment])
    out.append({'infos': infos})
json.dump(out, sys.stdout)
`;

const python = '/usr/bin/python3';

const oneOf = (...values: string[]) => fc.constantFrom(...values);
const values: Record<string, fc.Arbitrary<string>> = {
  command: oneOf(
    '/bin/cat',
    '/bin/cat a "b;c" d',
    '%(here)s/x ; comment',
    'echo %(program_name)s 5%%',
    'a #b',
    'x;y',
    '%(nope)s',
    '%d',
    'e %(ENV_A)s %(ENV_OWN)s',
  ),
  process_name: oneOf(
    '%(program_name)s',
    '%(program_name)s_%(process_num)02d',
    'n%(process_num)s',
    'a b',
    '%(group_name)s-%(process_num)d',
    '%(host_node_name)s',
  ),
  numprocs: oneOf('1', '2', '3', '0', 'x'),
  numprocs_start: oneOf('0', '1', '7'),
  directory: oneOf('/tmp', '%(here)s', '/nowhere', '%(ENV_A)s'),
  umask: oneOf('022', '0o22', '9', '077'),
  user: oneOf('root', '0', 'nobody-here', 'daemon'),
  priority: oneOf('1', '999', '-1', '+5', '1_0', '', '0x10', ' 7'),
  autostart: oneOf('true', 'false', 'YES', 'off', '1', 'maybe'),
  autorestart: oneOf('true', 'false', 'unexpected', 'UNEXPECTED', 'perhaps'),
  startsecs: oneOf('0', '1', '10', '1.5'),
  startretries: oneOf('0', '3', '-1'),
  stopsignal: oneOf('TERM', 'SIGINT', 'hup', '9', 'USR2', 'NOPE', '99'),
  stopwaitsecs: oneOf('0', '10'),
  stopasgroup: oneOf('true', 'false'),
  killasgroup: oneOf('true', 'false'),
  exitcodes: oneOf('0', '0,2', '0, 2', '1,256', '-1', 'a', ''),
  redirect_stderr: oneOf('true', 'false'),
  environment: oneOf(
    'A="1",B="2"',
    "A='x,y',B=z",
    'A=/usr/bin:/bin',
    'OWN="%(process_num)d"',
    'A',
    'A=1,B',
    'A="%%"',
    'KEY="a b",\n  B="c"',
    'A="1" B="2"',
    'A=1;B=2',
    'A="x',
  ),
  stdout_logfile: oneOf(
    'AUTO',
    'none',
    'off',
    '%(here)s/%(program_name)s.log',
    '/nowhere/x.log',
    'x.log',
    '%(here)s/100%%%%.log',
  ),
  stdout_logfile_maxbytes: oneOf('0', '50MB', '1kb', '2GB', '10 MB', '5MiB', ''),
  stdout_logfile_backups: oneOf('0', '10', 'x'),
  stdout_capture_maxbytes: oneOf('0', '1MB'),
  stdout_events_enabled: oneOf('true', 'false'),
  stdout_syslog: oneOf('true', 'false'),
  stderr_logfile: oneOf('AUTO', 'none', '%(here)s/e.log'),
  stderr_logfile_maxbytes: oneOf('0', '1MB'),
  serverurl: oneOf('AUTO', 'unix:///tmp/x.sock', 'auto'),
  unknown: oneOf('whatever'),
};

const line = fc
  .constantFrom(...Object.keys(values))
  .chain((key) =>
    fc.tuple(
      fc.constant(key),
      values[key]!,
      oneOf('=', ' = ', ': ', ':'),
      oneOf('', '', '', ' ; comment', ' # comment', '\t;x'),
      fc.boolean(),
    ),
  )
  .map(([key, value, separator, tail, isUpper]) => `${isUpper ? key.toUpperCase() : key}${separator}${value}${tail}`);
const junk = fc.constantFrom('', '', '; comment', '# comment', '  ', '  continued', '\t', 'nonsense', '[ ]', '=x');
const lines = fc.array(fc.oneof({ weight: 14, arbitrary: line }, { weight: 1, arbitrary: junk }), { maxLength: 6 });
const program = fc
  .tuple(oneOf('a', 'b', 'c', 'A', 'b.1', ' d', 'x y'), lines, fc.integer({ min: 0, max: 9 }))
  .map(([name, body, chance]) => `[program:${name}]\n${chance > 0 ? 'command=/bin/cat\n' : ''}${body.join('\n')}\n`);
const group = fc
  .tuple(oneOf('g', 'h'), oneOf('a', 'a,b', 'b, a', 'b.1', 'q', ''), oneOf('', 'priority=5', 'priority=2000'))
  .map(([name, programs, more]) => `[group:${name}]\nprograms=${programs}\n${more}\n`);
const file = fc
  .tuple(
    oneOf(
      '[supervisord]\n',
      '[supervisord]\nenvironment=A="shared",C="d"\n',
      '; head\n\n[supervisord]\n',
      '[DEFAULT]\nstartsecs=4\n[supervisord]\n',
    ),
    fc.array(fc.oneof({ weight: 4, arbitrary: program }, { weight: 1, arbitrary: group }), {
      minLength: 1,
      maxLength: 5,
    }),
  )
  .map(([head, sections]) => head + sections.join(''));

/** What is told of a process, and its environment. */
type Info = [Readonly<Record<string, unknown>>, unknown];

/** Real supervisord keeps the programs of a group as they are written; ours orders them as they start. */
function inOrder(infos: readonly Info[]): readonly Info[] {
  const key = ([{ group, name, command }]: Info): string => JSON.stringify([group, name, command]);
  return infos.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

test('generated files read as supervisord reads them', needsSupervisord, (t) => {
  const home = makeHome(t);
  const seed = Number(process.env.FUZZ_SEED ?? 1);
  const texts = fc.sample(file, { numRuns: Number(process.env.FUZZ_RUNS ?? 500), seed });
  const paths = texts.map((text, index) => {
    const folder = join(home.folder, String(index));
    mkdirSync(folder);
    writeFileSync(join(folder, 'supervisord.conf'), text);
    return join(folder, 'supervisord.conf');
  });
  const environment = { PATH: '/usr/bin:/bin', A: 'from outside' };
  const answers = JSON.parse(
    execFileSync(python, ['-W', 'ignore', '-c', oracle], {
      input: JSON.stringify(paths),
      env: environment,
      maxBuffer: 2 ** 28,
    }).toString(),
  ) as ({ error: string } | { infos: Info[] })[];
  let accepted = 0;
  for (const [index, answer] of answers.entries()) {
    let ours: { error: string } | { infos: Info[] };
    try {
      const { groups } = parseConfigurationFile({
        file: paths[index]!,
        environment,
        defaults: { logFile: home.supervisorLogFile, pidFile: home.supervisorPidFile },
      });
      ours = {
        infos: groups.flatMap((item) =>
          item.processes.map((process): Info => [configInfo(item, process, true), process.environment]),
        ),
      };
    } catch (error) {
      ours = { error: messageOf(error) };
    }
    const context = `${texts[index]}\nours: ${JSON.stringify(ours)}\nsupervisord: ${JSON.stringify(answer)}`;
    assert.equal('error' in ours, 'error' in answer, context);
    if ('infos' in answer && 'infos' in ours) {
      accepted += 1;
      assert.deepEqual(inOrder(ours.infos), inOrder(answer.infos), context);
    }
  }
  assert.ok(accepted > texts.length / 10, `only ${accepted} of ${texts.length} files were accepted`);
});
