/** What can name an account: an address of any host, also one of this machine (`me@localhost`). */
export const accountAddressPattern = /^[^\s@<>"]{1,64}@[^\s@<>"]{1,255}$/u;

/** Whether a text can name an account. */
export function isAccountAddress(text: string): boolean {
  return accountAddressPattern.test(text);
}
