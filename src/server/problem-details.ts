import type { ErrorFacts } from '../core/errors.ts';

/** The media type of {@link problemDetails}. */
export const problemType = 'application/problem+json; charset=utf-8';

/** An error as RFC 9457 has it, with the facts that every server reports. */
export function problemDetails(
  { status, title }: { readonly status: number; readonly title: string },
  { message, ...facts }: ErrorFacts,
): object {
  return { type: `urn:gmail-llm:error:${facts.code}`, title, status, detail: message, ...facts };
}
