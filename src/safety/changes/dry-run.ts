/** What a call would have done that was only to say so. */
export interface DryRun {
  readonly kind: 'dryRun';
  readonly change: {
    /** In the mailbox's words, or `send`, `cancelSend`. */
    readonly method: string;
    readonly target: unknown;
    /** What is there now; null for nothing. */
    readonly from: unknown;
  };
}

/** A change that was made, or was only to be shown. */
export type Applied<Result, Before> =
  | { readonly kind: 'done'; readonly result: Result; readonly before: Before }
  | DryRun;

/** Whether something is what a dry run came to. */
export function isDryRun(value: unknown): value is DryRun {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'dryRun';
}

/** What `make` makes of a change that was made; a dry run stays one. */
export async function whenDone<Result, Before, T>(
  applying: Promise<Applied<Result, Before>>,
  make: (result: Result, before: Before) => T | Promise<T>,
): Promise<T | DryRun> {
  const applied = await applying;
  return applied.kind === 'dryRun' ? applied : await make(applied.result, applied.before);
}
