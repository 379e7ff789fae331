import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../core/errors.ts';
import { instantOf } from '../core/zoned-time.ts';
import type { ImportSelection } from '../local/import/import-selection.ts';

const usage =
  'gmail-llm import [--account ADDRESS] [--since DATE] [--until DATE] [--without-spam] [--dry-run] [--json] PATH…';

/** What `gmail-llm import` is asked for. */
export interface ImportArguments {
  readonly account?: string;
  readonly paths: readonly string[];
  readonly selection: ImportSelection;
  readonly isDryRun: boolean;
  readonly isJson: boolean;
}

/** Reads the words behind `import`; dates are days in the time zone (IANA name). Throws `INVALID_INPUT`. */
export function readImportArguments(words: readonly string[], timeZone: string): ImportArguments {
  const { values, positionals } = parse(words);
  if (positionals.length === 0) {
    throw new AppError('INVALID_INPUT', 'No path to import is named.', {
      field: 'PATH',
      expected: usage,
      got: 'nothing',
    });
  }
  const since = values.since === undefined ? undefined : readPeriod('--since', values.since, timeZone);
  const until = values.until === undefined ? undefined : readPeriod('--until', values.until, timeZone);
  if (since !== undefined && until !== undefined && since.beginMs >= until.endMs) {
    throw new AppError('INVALID_INPUT', 'No message can be that new and that old.', {
      field: '--until',
      expected: `a date from ${values.since} on`,
      got: `${values.until}`,
    });
  }
  return {
    ...(values.account === undefined ? {} : { account: values.account }),
    paths: positionals,
    selection: {
      ...(since === undefined ? {} : { sinceMs: since.beginMs }),
      ...(until === undefined ? {} : { beforeMs: until.endMs }),
      withoutSpam: values['without-spam'] === true,
    },
    isDryRun: values['dry-run'] === true,
    isJson: values.json === true,
  };
}

function parse(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = { account: text, since: text, until: text, 'without-spam': flag, 'dry-run': flag, json: flag };
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    throw new AppError('INVALID_INPUT', messageOf(error), { expected: usage }, error);
  }
}

/** The year, month or day that a text names: from its first instant to that of the next one. */
function readPeriod(
  field: string,
  text: string,
  timeZone: string,
): { readonly beginMs: number; readonly endMs: number } {
  const [, yearText, monthText, dayText] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(text) ?? [];
  const [year, month, day] = [Number(yearText), Number(monthText ?? 1), Number(dayText ?? 1)];
  const date = new Date(Date.UTC(year, month - 1, day));
  // The calendar carries 31 February over into March.
  if (yearText === undefined || year < 1970 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    throw new AppError('INVALID_INPUT', 'This is no date.', {
      field,
      expected: 'a year, month or day from 1970 on: 2015, 2015-03 or 2015-03-21',
      got: text,
    });
  }
  const begin = { year, month, day, hour: 0, minute: 0, second: 0 };
  const end =
    monthText === undefined
      ? { ...begin, year: year + 1 }
      : dayText === undefined
        ? { ...begin, month: month + 1 }
        : { ...begin, day: day + 1 };
  return { beginMs: instantOf(begin, timeZone), endMs: instantOf(end, timeZone) };
}
