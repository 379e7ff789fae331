const json = 'application/json';

/**
 * Whether an `Accept` header asks for a media type in place of JSON: it names it, and does not weigh JSON higher (RFC 9110
 * section 12.5.1). A wildcard is no wish for it.
 */
export function prefersType(accept: string | undefined, wanted: string): boolean {
  const weights = new Map(
    (accept ?? '')
      .toLowerCase()
      .split(',')
      .map((range) => range.split(';').map((part) => part.trim()))
      .map(([type = '', ...parameters]) => [type, weightIn(parameters)]),
  );
  const weight = weights.get(wanted) ?? 0;
  return weight > 0 && weight >= (weights.get(json) ?? 0);
}

function weightIn(parameters: readonly string[]): number {
  const [, weight = '1'] = parameters.map((one) => /^q=([\d.]{1,5})$/.exec(one)).find((match) => match !== null) ?? [];
  return Number(weight);
}
