import { trimEndOf } from '../../core/trim-end-of.ts';

/** An address with its scheme, or one that begins with `www.`: the host is what follows. */
const clearAddress = /(?:https?:\/\/(?:[^\s/?#@]*@)?|\bwww\.)([\p{L}\p{N}.-]+)/iu;

/** A text that is nothing but a host, perhaps with a path. */
const bareHost = /^((?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24})(?:[/?#:]\S*)?$/u;

/** Endings of file names, and of names that only look like a host, such as `Node.js`. */
const fileEnding =
  /\.(?:asp|aspx|bmp|c|cc|cpp|cs|css|csv|doc|docx|eml|exe|gif|go|gz|htm|html|ics|java|jpeg|jpg|js|json|jsp|log|md|mp3|mp4|msg|net|odt|pdf|php|pl|png|pptx?|py|rar|rb|rs|rtf|sh|svg|tar|tex|tgz|tsx?|txt|vcf|webp|xls|xlsx|xml|ya?ml|zip)$/i;

const maxLookedAtCharacters = 300;

/** The host that the words of a link name, in ASCII; undefined where they name none. */
function namedHost(text: string): string | undefined {
  const words = text.slice(0, maxLookedAtCharacters).trim();
  const bare = bareHost.exec(words)?.[1];
  const name = clearAddress.exec(words)?.[1] ?? (bare === undefined || fileEnding.test(bare) ? undefined : bare);
  return name === undefined ? undefined : URL.parse(`http://${trimEndOf(name, '.')}`)?.hostname;
}

/** Whether the words of a link to `host` name another one: neither it nor one above or below it. */
export function namesAnotherHost(text: string, host: string): boolean {
  const named = namedHost(text);
  if (named === undefined) return false;
  const [shown, actual] = [withoutWww(named), withoutWww(host)];
  return shown !== actual && !actual.endsWith(`.${shown}`) && !shown.endsWith(`.${actual}`);
}

function withoutWww(host: string): string {
  return host.replace(/^www\./, '');
}
