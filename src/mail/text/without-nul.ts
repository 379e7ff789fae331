/** Broken mail holds NUL in its headers, which a store need not keep: text as it is stored, and as it is looked for. */
export function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text;
}
