import type { Address } from '../message.ts';

/** How Pipermail disguises the `@`: its plain form, and the one of archives since 2018. */
const disguisedAt = /^(\S+) at ([\w-]+(?:\.[\w-]+)+)$/;
const garbledAt = ' @end|ng |rom ';

/**
 * Reads an address as mailing-list archives disguise it: `ann at example.org (Ann Lee)` becomes Ann Lee at
 * `ann@example.org`. A garbled address (`ann @end|ng |rom ex@mp|e@org`) cannot be restored and stays as it stands,
 * beside its name. Undefined for every other form.
 */
export function readListArchiveAddress(value: string): Address | undefined {
  const nameStart = value.endsWith(')') ? value.indexOf(' (') : -1;
  const text = nameStart < 0 ? value : value.slice(0, nameStart).trim();
  const name = nameStart < 0 ? '' : value.slice(nameStart + 2, -1).trim();
  const plain = disguisedAt.exec(text);
  if (plain !== null) return { name, address: `${plain[1]}@${plain[2]}` };
  if (text.includes(garbledAt) && !text.includes('<')) return { name, address: text };
  return undefined;
}
