import { parseArgs } from 'node:util';
import { parseConfiguration } from '../core/configuration.ts';
import { AppError, errorCodes, messageOf } from '../core/errors.ts';
import { openHomeStores } from '../store/home-stores.ts';
import { requireData } from './backup/home-files.ts';
import { checkHome, type CheckReport, type Finding } from './check/check-home.ts';
import { exitInterrupted, type CommandContext } from './command.ts';
import { createProgressBar, formatCount, formatMegabytes } from './progress-bar.ts';

const usage = 'check [--repair] [--quick] [--json]';
/** As `doctor` ends where it finds faults. */
const exitFaults = errorCodes.UNAVAILABLE.exit;

function readWords(words: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({ args: [...words], options: { repair: flag, quick: flag, json: flag } }).values;
  } catch (error) {
    throw new AppError('INVALID_INPUT', messageOf(error), { expected: usage }, error);
  }
}

function findingLine({ where, what, hint, isRepaired }: Finding): string {
  return isRepaired ? `repaired  ${where}: ${what}\n` : `FAULT     ${where}: ${what}\n          ${hint}\n`;
}

function reportText({ databases, accounts, auditEntries, outboxEntries, findings }: CheckReport): string {
  const lines = accounts.map(
    ({ account, messages, bytes }) => `${account}: ${formatCount(messages)} messages, ${formatMegabytes(bytes)} MB\n`,
  );
  const counts = `${databases} databases, ${formatCount(auditEntries)} entries of the audit log, ${formatCount(outboxEntries)} of the outbox\n`;
  const open = findings.filter(({ isRepaired }) => !isRepaired).length;
  const end =
    findings.length === 0 ? 'Everything is whole.\n' : `${findings.length} faults, ${open} of them not repaired.\n`;
  return [...lines, counts, ...findings.map(findingLine), end].join('');
}

/**
 * `gmail-llm check`: looks at everything that is stored, also while servers run. Returns 0 when all is whole or was repaired, 75
 * for faults that are left, 130 when it was interrupted.
 */
export async function runCheck(context: CommandContext): Promise<number> {
  const { arguments: words, environment, home, stdout, stderr, terminal, signal } = context;
  const { repair = false, quick = false, json = false } = readWords(words);
  const configuration = parseConfiguration(environment);
  if (configuration.store === undefined) requireData(home);
  const bar = createProgressBar(terminal.stderr, Date.now);
  const stores = await openHomeStores(configuration, home.dataFolder, Date.now);
  try {
    const report = await checkHome(home, stores, {
      repair,
      readsBytes: !quick,
      signal,
      onProgress: (done) => bar.update(done),
    });
    bar.clear();
    stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : reportText(report));
    return report.findings.every(({ isRepaired }) => isRepaired) ? 0 : exitFaults;
  } catch (error) {
    bar.clear();
    if (!signal.aborted) throw error;
    stderr.write('Interrupted. Nothing was lost; run it again.\n');
    return exitInterrupted;
  } finally {
    await stores.close();
  }
}
