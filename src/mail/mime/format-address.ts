import type { Address } from '../message.ts';

/** Characters that a display name may not contain bare (RFC 5322 section 3.2.3); dots are common and harmless. */
const specials = /[()<>[\]:;@\\,"]/;

/** An address as a header shows it: `Ann Lee <ann@example.org>`, the name in quotes where RFC 5322 asks for them. */
function formatAddress({ name, address }: Address): string {
  const shownName = specials.test(name) ? `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}"` : name;
  if (shownName === '') return address;
  return address === '' ? shownName : `${shownName} <${address}>`;
}

/** Addresses separated by `, `. */
export function formatAddresses(addresses: readonly Address[]): string {
  return addresses.map(formatAddress).join(', ');
}
