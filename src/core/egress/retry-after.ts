type Headers = Readonly<Record<string, string | undefined>>;

/** The time of a server as its answer tells it, in milliseconds since 1970; ours where it does not. */
export function serverTimeMs(headers: Headers, nowMs: number): number {
  const dateMs = Date.parse(headers.date ?? '');
  return Number.isNaN(dateMs) ? nowMs : dateMs;
}

/** How long `Retry-After` (RFC 9110, 10.2.3) asks to wait, in milliseconds from now: whole seconds, or a date by the server's clock. */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const value = headers['retry-after']?.trim();
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? undefined : dateMs - serverTimeMs(headers, nowMs);
}
