/** What a client declares, as far as it says whether a person can be asked. */
interface Declared {
  readonly elicitation?: { readonly form?: unknown; readonly url?: unknown } | undefined;
}

/**
 * Whether a person at the client can be shown a form. Clients that say nothing of modes have forms (specification
 * 2025-11-25, elicitation).
 */
export function hasForms({ elicitation }: Declared = {}): boolean {
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}
