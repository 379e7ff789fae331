/** One request inside a batch. */
export interface BatchPart {
  /** Path and query below the host, `/gmail/v1/users/me/messages/…`. */
  readonly target: string;
}

/**
 * GET requests as one body of Google's batch endpoint (developers.google.com/workspace/gmail/api/guides/batch). Part `n` is
 * named `mn`. `boundary` must not occur in a target.
 */
export function encodeBatch(parts: readonly BatchPart[], boundary: string): string {
  const lines = parts.flatMap(({ target }, index) => [
    `--${boundary}`,
    'Content-Type: application/http',
    `Content-ID: <m${index}>`,
    '',
    `GET ${target}`,
    '',
    '',
  ]);
  return [...lines, `--${boundary}--`, ''].join('\r\n');
}
