import { AppError } from '../../core/errors.ts';

/** What one request of a batch was answered. */
export interface BatchAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it came. */
  readonly text: string;
  /** The JSON body, or undefined where there is none. */
  readonly body: unknown;
}

/**
 * The answers of a batch by the number of their request; they may come in any order, and one that is missing is
 * undefined. Throws `UNAVAILABLE` for a body that is no batch.
 */
export function decodeBatch(
  contentType: string,
  body: Uint8Array,
  count: number,
): readonly (BatchAnswer | undefined)[] {
  const boundary = /boundary="?([^";\s]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) throw new AppError('UNAVAILABLE', `Gmail answered a batch with ${contentType}.`);
  const answers: (BatchAnswer | undefined)[] = Array.from({ length: count });
  // JSON has no bare line breaks inside its texts, so no line of a body can pass for a delimiter that is random.
  for (const part of `\r\n${Buffer.from(body).toString('utf8')}`.split(`\r\n--${boundary}`).slice(1)) {
    const { index, answer } = decodePart(part);
    if (index !== undefined && index < count) answers[index] = answer;
  }
  return answers;
}

/** Headers of the part, an empty line, a status line, headers, an empty line, JSON. */
function decodePart(part: string): { readonly index: number | undefined; readonly answer: BatchAnswer | undefined } {
  const [, partHeaders = '', statusLine = '', headers = '', json = ''] =
    /^\s*(.*?)\r\n\r\n([^\r\n]*)\r\n(?:(.*?)\r\n)??\r\n(.*)$/s.exec(part) ?? [];
  const index = /^content-id:\s*<?response-m(\d+)>?/im.exec(partHeaders)?.[1];
  const status = /^HTTP\/\S+ (\d{3})/.exec(statusLine)?.[1];
  return {
    index: index === undefined ? undefined : Number(index),
    answer:
      status === undefined
        ? undefined
        : { status: Number(status), headers: headersIn(headers), text: json, body: parseJson(json) },
  };
}

function headersIn(lines: string): Readonly<Record<string, string>> {
  const fields = Array.from(
    lines.matchAll(/^([^:\s]+):[ \t]*(.*)$/gm),
    ([, name = '', value = '']): [string, string] => [name.toLowerCase(), value.trim()],
  );
  return Object.fromEntries(fields);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A part that was cut off is asked for again, like every other that has no body.
    return undefined;
  }
}
