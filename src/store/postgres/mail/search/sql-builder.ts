import type { Parameter } from '../../database.ts';

/** Collects the parameters of one statement; `$1` is always the account. */
export class SqlBuilder {
  readonly account: number;
  /** Whether there are messages with more words than the index takes, as far as is known. */
  readonly hasPartialWords: boolean;
  readonly #parameters: Parameter[];

  constructor(account: number, hasPartialWords = true) {
    this.account = account;
    this.hasPartialWords = hasPartialWords;
    this.#parameters = [account];
  }

  /** Stands for the value in the statement. */
  value(value: Parameter): string {
    this.#parameters.push(value);
    return `$${this.#parameters.length}`;
  }

  get parameters(): readonly Parameter[] {
    return this.#parameters;
  }
}
