/**
 * The text with `…` where an address says whom it lets in: who mistypes a command finds the address of a database in what is
 * said about it, which ends up in logs. Of PostgreSQL's all up to the last `@` is taken, as a `/` in a password is a common slip.
 */
export function hidePasswords(text: string): string {
  return text.replace(/\S+/g, (word) => {
    const start = word.indexOf('://') + 3;
    if (start < 3) return word;
    const isPostgres = /postgres(?:ql)?:\/\/$/i.test(word.slice(0, start));
    const end = isPostgres ? word.length : start + Math.max(0, `${word.slice(start)}/`.search(/[/?#]/));
    const at = word.lastIndexOf('@', end - 1);
    // What is expected of an address is no address.
    if (at < start || word.slice(start, at) === 'USER:PASSWORD') return word;
    return `${word.slice(0, start)}…${word.slice(at)}`;
  });
}
