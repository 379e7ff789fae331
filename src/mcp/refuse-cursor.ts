import { INVALID_PARAMS, ProtocolError } from '@modelcontextprotocol/server';
import { paramsFault } from './params-fault.ts';

/** Refuses the cursor of a list, as none is given out here; an empty one is none. */
export function refuseCursor(params: { readonly cursor?: string | undefined } | undefined): void {
  if ((params?.cursor ?? '') === '') return;
  const hint = 'Ask without it: the list has one page.';
  throw new ProtocolError(INVALID_PARAMS, paramsFault(['params.cursor: this server gave no such cursor'], hint));
}
