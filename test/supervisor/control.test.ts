import assert from 'node:assert/strict';
import { statSync, writeFileSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import * as fc from 'fast-check';
import {
  decodeCall,
  decodeResponse,
  encodeCall,
  encodeResult,
  type XmlRpcValue,
} from '../../src/core/supervisor/xml-rpc.ts';
import { eventually } from '../support/eventually.ts';
import {
  control,
  makeHome,
  needsSupervisord,
  program,
  realControl,
  startSupervisor,
  writeConfiguration,
} from './harness.ts';
import { sections } from './scenario.ts';

test('supervisorctl restarts a member of a group by its bare name', needsSupervisord, async (t) => {
  const { home, ctl } = await startSupervisor(t, makeHome(t, sections));
  const before = (await ctl('pid', 'member')).stdout;
  const [answer] = await realControl(home, ['restart member']);
  assert.deepEqual(answer, { exitCode: 0, stdout: 'member: stopped\nmember: started\n', stderr: '' });
  assert.notEqual((await ctl('pid', 'member')).stdout, before);
});

test('bare names of group members work, and status tells what supervisorctl does not', async (t) => {
  const { ctl } = await startSupervisor(t, makeHome(t, sections));
  assert.match((await ctl('status', 'member')).stdout, /^g:member {25}RUNNING {3}pid \d+, uptime 0:00:0\d\n$/);
  assert.deepEqual(await ctl('status', 'nope'), { exitCode: 4, stdout: 'nope: ERROR (no such process)\n', stderr: '' });
  const [member] = JSON.parse((await ctl('status', '--json', 'member')).stdout) as Record<string, unknown>[];
  assert.deepEqual(Object.keys(member!), [
    'host',
    'name',
    'group',
    'state',
    'pid',
    'uptimeSeconds',
    'ready',
    'restarts',
    'cpuPercent',
    'rssBytes',
    'lastExit',
    'deaths',
  ]);
});

test('a start that fails says why', async (t) => {
  const { ctl, home } = await startSupervisor(t, makeHome(t, sections));
  assert.deepEqual(await ctl('start', 'nowhere'), {
    exitCode: 1,
    stdout: 'nowhere: ERROR (no such file)\n',
    stderr: "nowhere: can't find command '/does/not/exist'; correct command= of its section\n",
  });
  assert.deepEqual(await ctl('start', 'flaky'), {
    exitCode: 7,
    stdout: 'flaky: ERROR (spawn error)\n',
    stderr: `flaky: Exited too quickly (process log may have details); its log: ${home.logsFolder}/flaky.log\n`,
  });
});

test('without a supervisor every verb says so', async (t) => {
  const home = makeHome(t);
  const hint = 'No supervisor is running here; start one with: npm start, or gmail-llm up\n';
  const missing = `unix://${home.supervisorSocket} no such file\n`;
  assert.deepEqual(await control(home, ['status']), { exitCode: 4, stdout: missing, stderr: '' });
  assert.deepEqual(await control(home, ['start', 'x']), { exitCode: 7, stdout: missing, stderr: hint });
  assert.deepEqual(await control(home, ['shutdown']), {
    exitCode: 1,
    stdout: `ERROR: unix://${home.supervisorSocket} no such file (already shut down?)\n`,
    stderr: '',
  });
  await assert.rejects(control(home, ['--frobnicate', 'status']), { code: 'INVALID_INPUT' });
});

test('reread, update, add and remove follow the file', async (t) => {
  const home = makeHome(t, program('kept', '/bin/cat') + program('changed', '/bin/cat') + program('gone', '/bin/cat'));
  const { ctl } = await startSupervisor(t, home);
  const keptPid = (await ctl('pid', 'kept')).stdout;
  writeConfiguration(
    home,
    program('kept', '/bin/cat') + program('changed', '/bin/cat -u') + program('fresh', '/bin/cat'),
  );
  assert.equal((await ctl('reread')).stdout, 'changed: changed\nfresh: available\ngone: disappeared\n');
  assert.equal((await ctl('remove', 'kept')).stdout, 'ERROR: process/group still running: kept\n');
  assert.equal(
    (await ctl('update')).stdout,
    'gone: stopped\ngone: removed process group\nchanged: stopped\nchanged: updated process group\nfresh: added process group\n',
  );
  await eventually('the fresh program', async () => (await ctl('status', 'fresh')).stdout.includes('RUNNING'));
  assert.equal((await ctl('pid', 'kept')).stdout, keptPid);
  writeFileSync(home.configurationFile, '[supervisord]\nnonsense\n');
  assert.deepEqual(await ctl('reread'), {
    exitCode: 1,
    stdout: `ERROR: CANT_REREAD: ${home.configurationFile}:2: expected key=value, [section] or a comment, got "nonsense".\n`,
    stderr: '',
  });
});

test('reload begins anew with the file as it is, but not with one that cannot be read', async (t) => {
  const home = makeHome(t, program('before', '/bin/cat'));
  const { ctl } = await startSupervisor(t, home);
  const whole = readFileSync(home.configurationFile, 'utf8');
  writeFileSync(home.configurationFile, `${whole}nonsense\n`);
  assert.equal((await ctl('reload')).exitCode, 1);
  assert.match((await ctl('status')).stdout, /^before .* RUNNING/);
  writeConfiguration(home, program('after', '/bin/cat'));
  assert.deepEqual(await ctl('reload'), { exitCode: 0, stdout: 'Restarted supervisord\n', stderr: '' });
  await eventually('the new program', async () => /^after .* RUNNING/.test((await ctl('status')).stdout));
});

test('shutdown stops everything before it answers', async (t) => {
  const { ctl, ended } = await startSupervisor(t, makeHome(t, sections));
  assert.deepEqual(await ctl('shutdown'), { exitCode: 0, stdout: 'Shut down\n', stderr: '' });
  await ended;
  assert.equal((await ctl('status')).exitCode, 4);
});

test('tail -f shows what comes, through a clear, until it is aborted', async (t) => {
  const { home, ctl } = await startSupervisor(t, makeHome(t, program('echo', '/bin/cat')));
  const log = join(home.logsFolder, 'echo.log');
  const abort = new AbortController();
  writeFileSync(log, 'before\n', { flag: 'a' });
  const followed = control(home, ['tail', '-f', 'echo'], abort.signal);
  await eventually('a line through standard input', async () => {
    await rpc(home.supervisorSocket, encodeCall('supervisor.sendProcessStdin', ['echo', 'typed\n']));
    return readFileSync(log, 'utf8').includes('typed');
  });
  await ctl('clear', 'echo');
  writeFileSync(log, 'after\n', { flag: 'a' });
  await eventually('the line after', () => readFileSync(log, 'utf8').includes('after'));
  // The follower hears of the line in a turn of its own.
  await ctl('status');
  abort.abort();
  const { stdout, exitCode } = await followed;
  assert.equal(exitCode, 0);
  assert.match(stdout, /^==> Press Ctrl-C to exit <==\nbefore\n(?:typed\n)+==> File truncated <==\nafter\n$/);
  assert.match(
    (await ctl('tail', '-f', 'nope')).stdout,
    /^==> Press Ctrl-C to exit <==\n\/logtail\/nope\/stdout HTTP status 404\n$/,
  );
});

/** Posts a body to the control socket. */
function rpc(
  socketPath: string,
  body: string,
  path = '/RPC2',
  method = 'POST',
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { socketPath, path, method, headers: { 'content-type': 'text/xml' }, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

test('the socket is for its owner only, and wrong calls are answered, not obeyed', async (t) => {
  const { home, ctl } = await startSupervisor(t, makeHome(t, sections));
  const socket = home.supervisorSocket;
  assert.equal(statSync(socket).mode & 0o777, 0o600);
  const faultOf = async (method: string, ...parameters: XmlRpcValue[]): Promise<string> => {
    const answer = decodeResponse((await rpc(socket, encodeCall(method, parameters))).text);
    return 'fault' in answer ? `${answer.fault.faultCode} ${answer.fault.faultString}` : 'no fault';
  };
  assert.equal(await faultOf('supervisor.nope'), '1 UNKNOWN_METHOD');
  assert.equal(await faultOf('supervisor.__proto__'), '1 UNKNOWN_METHOD');
  assert.equal(await faultOf('system.constructor'), '1 UNKNOWN_METHOD');
  assert.equal(await faultOf('supervisor.startProcess'), '2 INCORRECT_PARAMETERS');
  assert.equal(await faultOf('supervisor.startProcess', 5), '2 INCORRECT_PARAMETERS');
  assert.equal(await faultOf('supervisor.readLog', -1, 5), '3 BAD_ARGUMENTS');
  assert.equal(await faultOf('supervisor.startProcess', 'cat'), '60 ALREADY_STARTED: cat');
  const bodies = ['', '<', 'nonsense', '<methodCall/>', '<!DOCTYPE x><methodCall/>', '<array><data>'.repeat(99)];
  for (const body of bodies) assert.equal((await rpc(socket, body)).status, 400, body);
  const deep = `<methodCall><methodName>x</methodName><params><param>${'<value><array><data>'.repeat(99)}</param></params></methodCall>`;
  assert.deepEqual(await rpc(socket, deep), {
    status: 400,
    text: 'This is no XML-RPC call: expected at most 32 values within each other.\n',
  });
  assert.equal((await rpc(socket, 'x'.repeat(2 ** 20 + 1))).status, 413);
  assert.equal((await rpc(socket, '', '/', 'PUT')).status, 400);
  assert.equal((await rpc(socket, '', '/logtail/cat/../../etc/passwd', 'GET')).status, 404);
  assert.equal((await ctl('status', 'cat')).exitCode, 0);
});

test('the methods of supervisord are all there, and those of system', async (t) => {
  const { home } = await startSupervisor(t, makeHome(t, sections));
  const call = async (method: string, ...parameters: XmlRpcValue[]): Promise<unknown> =>
    decodeResponse((await rpc(home.supervisorSocket, encodeCall(method, parameters))).text);
  const listed = (await call('system.listMethods')) as { result: string[] };
  assert.equal(listed.result.filter((name) => !name.startsWith('gmail_llm.')).length, 41);
  assert.deepEqual(await call('system.methodSignature', 'supervisor.startProcess'), {
    result: ['boolean', 'string', 'boolean'],
  });
  assert.deepEqual(await call('supervisor.getState'), { result: { statecode: 1, statename: 'RUNNING' } });
  assert.deepEqual(
    await call('system.multicall', [
      { methodName: 'supervisor.getAPIVersion', params: [] },
      { methodName: 'supervisor.startProcess', params: ['nope'] },
      { methodName: 'system.multicall', params: [] },
    ]),
    {
      result: [
        '3.0',
        { faultCode: 10, faultString: 'BAD_NAME: nope' },
        { faultCode: 2, faultString: 'INCORRECT_PARAMETERS: recursive system.multicall forbidden' },
      ],
    },
  );
});

const value = fc.letrec<{ value: XmlRpcValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme' }),
    fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'grapheme-ascii' }), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

test('every value comes back from the wire as it was', () => {
  fc.assert(
    fc.property(value, fc.string({ minLength: 1, unit: fc.constantFrom('a', 'b', '.') }), (sent, method) => {
      assert.deepEqual(decodeResponse(encodeResult(sent)), { result: sent });
      assert.deepEqual(decodeCall(encodeCall(method, [sent, sent])), { method, parameters: [sent, sent] });
    }),
  );
});

test('whatever is posted is read or refused, and never more than that', () => {
  const pieces = [
    '<value>',
    '</value>',
    '<int>',
    '</int>',
    '1',
    'x',
    '&lt;',
    '&',
    '<struct>',
    '<member>',
    '<name>',
    '<array>',
    '<data>',
    ' ',
    '<methodCall>',
    '<methodName>',
    '</methodName>',
    '<params>',
    '<param>',
    '<!--',
    '<![CDATA[',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (parts) => {
      const body = `<methodCall><methodName>m</methodName><params>${parts.join('')}</params></methodCall>`;
      try {
        decodeCall(body);
      } catch (error) {
        assert.ok(error instanceof Error && error.constructor === Error, String(error));
      }
    }),
  );
});

test('text that XML cannot hold does not break an answer', () => {
  assert.deepEqual(decodeResponse(encodeResult('\u0000\u001b[1m\ud800\r\n')), { result: '\ufffd\ufffd[1m\ufffd\r\n' });
});
