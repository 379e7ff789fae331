/**
 * What a store does not take for what is in it: a value that is too long for it, or breaks one of its rules. `cause` is what the
 * engine said. Other content is stored without it.
 */
export class RefusedContent extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'RefusedContent';
  }
}
