import { namesAnotherHost } from './named-host.ts';

/** A link of a text, by the number that is behind its words. */
export interface LinkTarget {
  readonly number: number;
  /** The address as the sender wrote it, without white space and controls. */
  readonly url: string;
  /** The host it leads to, in lower case and ASCII, so that letters of other alphabets show. */
  readonly host: string;
  /** Whether the words of the link name another host than the one it leads to. */
  readonly isMisleading: boolean;
}

/** Numbers the links of one text, or of several that are read together; the same address keeps its number. */
export class LinkList {
  readonly #targets = new Map<string, LinkTarget>();

  /** The link to `target`, numbered; undefined where it leads nowhere outside of the mail. */
  add(target: string, text: string): LinkTarget | undefined {
    const url = target.replaceAll(/[\s\p{Cc}]+/gu, '');
    const host = hostOf(url);
    if (host === undefined) return undefined;
    const isMisleading = namesAnotherHost(text, host);
    const known = this.#targets.get(url);
    if (known !== undefined && (known.isMisleading || !isMisleading)) return known;
    const link = { number: known?.number ?? this.#targets.size + 1, url, host, isMisleading };
    this.#targets.set(url, link);
    return link;
  }

  /** Takes a link over from another list; this one has to be empty but for others of the same. */
  addNumbered(link: LinkTarget): void {
    this.#targets.set(link.url, link);
  }

  /** In the order of their numbers. */
  get targets(): readonly LinkTarget[] {
    return [...this.#targets.values()];
  }
}

/** The schemes that lead somewhere outside of the mail. */
const webSchemes = new Set(['http:', 'https:', 'ftp:']);

function hostOf(url: string): string | undefined {
  const parsed = URL.parse(url);
  return parsed !== null && webSchemes.has(parsed.protocol) ? parsed.hostname : undefined;
}

/** The hosts that links lead to, with their numbers: `click.x.example 1-40`, `shop.example 41, 43`. */
export function numbersByHost(links: readonly Pick<LinkTarget, 'host' | 'number'>[]): readonly string[] {
  const numbers = new Map<string, number[]>();
  for (const { host, number } of links) {
    const known = numbers.get(host);
    if (known === undefined) numbers.set(host, [number]);
    else known.push(number);
  }
  return Array.from(numbers, ([host, list]) => `${host} ${ranges(list)}`);
}

/** Ascending numbers, runs of them joined: `1-3, 5`. */
function ranges(numbers: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run !== undefined && number === run[1] + 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
}
