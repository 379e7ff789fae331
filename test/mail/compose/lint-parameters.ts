import { isUtf8 } from './lint-body.ts';

const token = String.raw`[^\s"(),/:;<=>?@[\\\]\x80-\xff]+`;
const parameter = new RegExp(String.raw`^\s*(${token})=(?:(${token})|"((?:[^"\\\x80-\xff]|\\[\x01-\x7f])*)")\s*(;|$)`);

/** The parameters of a structured value (RFC 2045 section 5.1), names in lower case, as they stand. */
export function parseParameters(value: string, fault: (what: string) => void): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  const start = value.indexOf(';');
  let rest = start < 0 ? '' : value.slice(start + 1);
  while (rest.trim() !== '') {
    const match = parameter.exec(rest);
    if (match === null) {
      fault(`RFC 2045 5.1: parameter ${JSON.stringify(rest)}`);
      return parameters;
    }
    const name = (match[1] ?? '').toLowerCase();
    if (parameters.has(name)) fault(`RFC 2045 5.1: parameter ${name} twice`);
    parameters.set(name, match[2] ?? (match[3] ?? '').replaceAll(/\\(.)/g, '$1'));
    rest = rest.slice(match[0].length);
    if (match[4] === ';' && rest.trim() === '') fault('RFC 2045 5.1: nothing behind the last semicolon');
  }
  return parameters;
}

/** Faults of parameters in the forms of RFC 2231, and of those that should be in one. */
export function parameterFaults(parameters: ReadonlyMap<string, string>, fault: (what: string) => void): void {
  const pieces = new Map<string, string[]>();
  for (const [name, value] of parameters) {
    if (value.includes('=?')) fault(`RFC 2047 5: an encoded word in parameter ${name}`);
    const match = /^([^*]+)(?:\*(0|[1-9]\d*))?(\*)?$/.exec(name);
    if (match === null) {
      fault(`RFC 2231 3: parameter name ${name}`);
      continue;
    }
    const [, base = '', index, star] = match;
    if (index === undefined && star === undefined) continue;
    const list = pieces.get(base) ?? [];
    if (index !== undefined && Number(index) !== list.length) fault(`RFC 2231 3: ${name} out of order`);
    if (star !== undefined) checkExtended(name, value, list.length === 0, fault);
    list.push(value);
    pieces.set(base, list);
  }
  for (const [base, list] of pieces) {
    if (parameters.has(base)) fault(`RFC 2231: ${base} both plain and extended`);
    const text = list.join('').replace(/^[^']*'[^']*'/, '');
    const bytes = text.replaceAll(/%([\dA-F]{2})/g, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (!isUtf8(Buffer.from(bytes, 'latin1'))) fault(`RFC 2231 4: ${base} is not UTF-8`);
  }
}

function checkExtended(name: string, value: string, isFirst: boolean, fault: (what: string) => void): void {
  const encoded = isFirst ? /^utf-8'[\w-]*'(.*)$/i.exec(value)?.[1] : value;
  if (encoded === undefined) fault(`RFC 2231 4: ${name} names no charset`);
  else if (!/^(?:[A-Za-z0-9!#$&+.^_`{|}~-]|%[\dA-F]{2})*$/.test(encoded)) fault(`RFC 2231 7: ${name}=${value}`);
}
