import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import * as z from 'zod';
import { root } from '../processes.ts';
import { figuresOf, keptFigures, type Figures } from './figures.ts';
import { runWatched } from './watched-run.ts';

export const account = 'me@example.org';

const report = z.object({ imported: z.int(), found: z.int() });

/**
 * Imports mail with `gmail-llm import` into a home, and leaves there what it came to; where that is there already, the
 * mail is too. An import that was interrupted goes on, and its figures are of what was left. `databaseMs` is what a
 * database server has used so far.
 */
export async function importMail(
  context: Pick<TestContext, 'after'>,
  home: string,
  paths: () => Promise<readonly string[]>,
  {
    environment = {},
    databaseMs,
  }: { readonly environment?: Readonly<Record<string, string>>; readonly databaseMs?: () => number } = {},
): Promise<Figures> {
  return keptFigures(join(home, 'bench', 'import.json'), async () => {
    const words = ['import', '--json', '--account', account, ...(await paths())] as const;
    const isRest = existsSync(join(home, 'data'));
    const beforeMs = databaseMs?.();
    const run = await runWatched(
      context,
      [process.execPath, join(root, 'bin', 'gmail-llm.js'), ...words],
      { PATH: process.env.PATH, TZ: 'UTC', ...environment, GMAIL_HOME: home },
      (line) => {
        const found = /([\d,]+) messages\b.*left$/.exec(line)?.[1]?.replaceAll(',', '');
        if (found !== undefined) process.stderr.write(`${line}\n`);
        return found === undefined ? undefined : Number(found);
      },
    );
    const { imported, found } = report.parse(JSON.parse(run.lines.join('\n')));
    const figures = figuresOf(run, { stored: imported, found, isRest });
    if (databaseMs === undefined || beforeMs === undefined) return figures;
    return { ...figures, databaseMs: (databaseMs() - beforeMs) / imported };
  });
}
