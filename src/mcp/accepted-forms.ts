/** In which forms a client takes an answer. */
export interface AcceptedForms {
  readonly json: boolean;
  /** A stream of server-sent events. */
  readonly events: boolean;
}

/**
 * What an `Accept` header allows: ranges and wildcards in any case, none at all is anything, `q=0` is a refusal (RFC 9110
 * section 12.5.1).
 */
export function acceptedForms(accept: string | null): AcceptedForms {
  if (accept === null || accept.trim() === '') return { json: true, events: true };
  const ranges = new Map(
    accept
      .toLowerCase()
      .split(',')
      .map((range) => range.split(';').map((part) => part.trim()))
      .map(([type = '', ...parameters]) => [type, !parameters.some((one) => /^q=0(?:\.0*)?$/.test(one))]),
  );
  // The most exact range decides.
  const accepts = (type: string): boolean =>
    ranges.get(type) ?? ranges.get(`${type.split('/')[0]}/*`) ?? ranges.get('*/*') ?? false;
  return { json: accepts('application/json'), events: accepts('text/event-stream') };
}
