import type { HeaderReader } from './decode-words.ts';
import { readParameters } from './read-parameters.ts';

const section = /;\s*([^\s=;"*]+)\*\d{1,3}\*?\s*=\s*(?:"(?:[^"\\]|\\.)*"?|[^;]*)/gs;

/**
 * The value of a Content-Type or Content-Disposition with each parameter that RFC 2231 section 3 has spread over several
 * as one: `filename*0=a; filename*1=b` becomes `filename="ab"`. `latin1` has one character a byte; so has the result.
 */
export function joinContinuations(latin1: string, reader: HeaderReader): string {
  const joined = new Set<string>();
  const { parameters } = readParameters(latin1, reader);
  return latin1.replaceAll(section, (written, name: string) => {
    const key = name.toLowerCase();
    const value = parameters.get(key);
    if (value === undefined) return written;
    if (joined.has(key)) return '';
    joined.add(key);
    const bytes = Buffer.from(value.replaceAll(/["\\]/g, String.raw`\$&`)).toString('latin1');
    return `; ${name}="${bytes}"`;
  });
}
