import type { AccountState } from '../account-state.ts';
import type { EmulatorSettings } from '../control/settings.ts';
import type { LocalMailbox } from '../../local/open-local-mailbox.ts';
import type { ApiAnswer, ApiCall } from '../http/api-call.ts';
import type { BodyType } from './read-body.ts';
import { readBody } from './read-body.ts';
import type { QueryTypes, QueryValues } from './read-query.ts';
import { readQuery } from './read-query.ts';

/** A call whose query and body have the types that the method declares. */
interface CheckedCall<Types extends QueryTypes, Body> {
  /** A parameter of the path. */
  readonly parameter: (name: string) => string;
  readonly query: QueryValues<Types>;
  readonly body: Body;
  readonly media: Uint8Array | undefined;
  readonly mailbox: LocalMailbox;
  readonly state: AccountState;
  readonly noteSent: (messageId: string) => Promise<void>;
  readonly settings: EmulatorSettings;
  readonly isMetadataOnly: boolean;
  readonly nowMs: number;
}

/** What answers one method of the Gmail API. */
export interface Method {
  /** Google's id without `gmail.users.`. */
  readonly name: string;
  readonly answer: (call: ApiCall) => Promise<ApiAnswer>;
}

interface MethodDefinition<Types extends QueryTypes, Body> {
  readonly query?: Types;
  readonly body?: BodyType<Body>;
  /** Answers the JSON of a 200, or undefined for a 204. */
  readonly run: (call: CheckedCall<Types, Body>) => unknown;
}

/** A method that checks query and body before it runs. */
export function defineMethod<Body = undefined, const Types extends QueryTypes = Record<string, never>>(
  name: string,
  { query, body, run }: MethodDefinition<Types, Body>,
): Method {
  const answer = async (call: ApiCall): Promise<ApiAnswer> => {
    const checked = {
      parameter: (wanted: string) => parameterOf(call, wanted),
      // Without declared parameters there is nothing but the standard ones.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      query: readQuery(query ?? ({} as Types), call.query, call.media !== undefined),
      // A method without a body has the type undefined for it.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      body: body === undefined ? (undefined as Body) : readBody(body, call.body),
      media: call.media,
      mailbox: call.mailbox,
      state: call.state,
      noteSent: call.noteSent,
      settings: call.settings,
      isMetadataOnly: call.isMetadataOnly,
      nowMs: call.nowMs,
    };
    const answer = await run(checked);
    return answer === undefined ? { status: 204 } : { status: 200, body: answer };
  };
  return { name, answer };
}

function parameterOf({ method, parameters }: ApiCall, name: string): string {
  const value = parameters[name];
  if (value === undefined) throw new Error(`the path of ${method.id} has no parameter ${name}`);
  return value;
}
