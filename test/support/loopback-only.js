// Loaded before everything else in every process of a test run (`node --import`). A connection to an address that is
// not this machine's own is refused and written down, and the run fails for it (scripts/bootstrap.js): no test may
// depend on the network, and none may reach somebody's mail. Plain JavaScript, as older Node.js versions run it too.
import { lookup as systemLookup } from 'node:dns';
import { appendFileSync } from 'node:fs';
import { Socket as DatagramSocket } from 'node:dgram';
import { isIP, Socket } from 'node:net';

const report = process.env.LOOPBACK_ONLY_REPORT;

function isOwn(host) {
  if (host === undefined || host === '' || host === 'localhost' || host === '::1' || host === '0.0.0.0') return true;
  // A name is refused before it is looked up: asking for it already leaves the machine.
  return isIP(host) !== 0 && (host.startsWith('127.') || host.startsWith('::ffff:127.'));
}

function refusal(target) {
  const line = `${process.argv.slice(0, 3).join(' ')} wanted to reach ${target}`;
  if (report) appendFileSync(report, `${line}\n`);
  return new Error(`Tests may only use this machine: ${line}.`);
}

/** What `connect` was asked for: its arguments come in several shapes, or gathered in one array by Node itself. */
function hostOf([first, second]) {
  if (Array.isArray(first)) return hostOf(first);
  if (typeof first === 'object' && first !== null) return first.path ? undefined : first.host;
  return typeof second === 'string' && !Number.isNaN(Number(first)) ? second : undefined;
}

function optionsOf([first]) {
  return Array.isArray(first) ? optionsOf(first) : first;
}

/**
 * Whether the caller brings a function of its own that says what address a name has: nobody is asked for it then, and the
 * address is looked at when it is known.
 */
function watchesLookup(options) {
  const lookup = options?.lookup;
  if (typeof lookup !== 'function' || lookup === systemLookup) return false;
  options.lookup = (name, how, done) =>
    lookup(name, how, (error, found, family) => {
      const addresses = [found].flat().map((each) => (typeof each === 'object' && each !== null ? each.address : each));
      const foreign = addresses.find((address) => address !== undefined && !isOwn(address));
      done(foreign === undefined ? error : refusal(`${name} at ${foreign}`), found, family);
    });
  return true;
}

const connect = Socket.prototype.connect;
Socket.prototype.connect = function connectHere(...words) {
  const host = hostOf(words);
  if (isOwn(host) || watchesLookup(optionsOf(words))) return connect.apply(this, words);
  const error = refusal(host);
  process.nextTick(() => this.destroy(error));
  return this;
};

const send = DatagramSocket.prototype.send;
DatagramSocket.prototype.send = function sendHere(...words) {
  const address = words.findLast((word) => typeof word === 'string' && word !== words[0]);
  if (isOwn(address)) return send.apply(this, words);
  throw refusal(address);
};
