import { escapeUnprintable } from '../core/escape-unprintable.ts';

/** A stream that may be a terminal. */
export interface Output {
  write(text: string | Uint8Array): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number | undefined;
}

/**
 * An output whose texts steer no terminal, whatever a mail, Google or an argument brought into them. Bytes pass as they
 * are: a log is shown as it was written.
 */
export function printableOutput(output: Output): Output {
  return {
    write: (text) => output.write(typeof text === 'string' ? escapeUnprintable(text) : text),
    ...(output.isTTY === undefined ? {} : { isTTY: output.isTTY }),
    get columns() {
      return output.columns;
    },
  };
}
