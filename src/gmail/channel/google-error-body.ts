import { isJsonObject, textIn } from '../../core/json-object.ts';

/** What can be known of an error answer of a Google API, whatever its form. */
export interface GoogleErrorBody {
  /** Whether it is one of the API's own; a proxy or a front end answers HTML, or nothing. */
  readonly isFromApi: boolean;
  /** Google's sentence, or the empty string. */
  readonly message: string;
  /** Every `errors[].reason`, every `details[].reason`, and the canonical status (`NOT_FOUND`, …). */
  readonly reasons: ReadonlySet<string>;
  /** Number of the project that the request was counted for, where it says so. */
  readonly project?: string;
}

const notFromApi: GoogleErrorBody = { isFromApi: false, message: '', reasons: new Set() };
/** A sentence for a person; some have the whole request in them. */
const longestMessage = 500;

/**
 * Reads `{"error": {"code", "message", "errors", "status", "details"}}`, of which older services leave out the last two
 * (google.aip.dev/193). Never throws.
 */
export function readGoogleErrorBody(body: Uint8Array | string): GoogleErrorBody {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return notFromApi;
  }
  // A media download wraps it in a list.
  const [first] = Array.isArray(json) ? json : [json];
  const error: unknown = isJsonObject(first) ? first.error : undefined;
  if (!isJsonObject(error)) return notFromApi;
  const items = [error.errors, error.details].flatMap((list): readonly unknown[] => (Array.isArray(list) ? list : []));
  const reasons = items.flatMap((item) => (isJsonObject(item) ? (textIn(item, 'reason') ?? []) : []));
  const status = textIn(error, 'status');
  const project = items.flatMap((item) =>
    isJsonObject(item) && isJsonObject(item.metadata) ? (textIn(item.metadata, 'consumer') ?? []) : [],
  )[0];
  return {
    isFromApi: true,
    message: (textIn(error, 'message') ?? '').replaceAll(/\s+/g, ' ').trim().slice(0, longestMessage),
    reasons: new Set(status === undefined ? reasons : [...reasons, status]),
    ...(project === undefined ? {} : { project: project.replace(/^projects?[/:_]/, '') }),
  };
}
