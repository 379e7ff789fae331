import { AppError, errorCodes, messageOf } from '../core/errors.ts';
import type { CommandContext } from './command.ts';
import { usableConfiguration } from './doctor/check-variables.ts';
import type { Finding } from './doctor/finding.ts';
import { formatFindings } from './doctor/format-findings.ts';
import { runChecks } from './doctor/run-checks.ts';

/** What a shell is told when something is not usable now. */
const exitWithFaults = errorCodes.UNAVAILABLE.exit;

/** `mend` is the name of `fix` up to 0.2, kept for one version. */
function toJson(findings: readonly Finding[]): string {
  const shown = findings.map((finding) => (finding.fix === undefined ? finding : { ...finding, mend: finding.fix }));
  return `${JSON.stringify(shown, undefined, 2)}\n`;
}

/** Repairs what can be repaired safely, saying so on standard error. Returns how many findings it has seen to. */
function repairAll(findings: readonly Finding[], stderr: CommandContext['stderr']): number {
  let repaired = 0;
  for (const { name, repair } of findings) {
    if (repair === undefined) continue;
    try {
      stderr.write(`fixed ${name}: ${repair()}\n`);
      repaired += 1;
    } catch (error) {
      stderr.write(`not fixed ${name}: ${messageOf(error)}\n`);
    }
  }
  return repaired;
}

/**
 * `gmail-llm doctor [--json] [--fix]`: looks at everything that can be wrong with this home and says how to fix it; with
 * `--fix` it repairs what is safe to repair and looks again, else it changes nothing. Returns 0 where there is no fault,
 * else the exit code of `UNAVAILABLE` (75). Throws `INVALID_INPUT` for other words.
 */
export async function runDoctor(context: CommandContext): Promise<number> {
  const { arguments: words, environment, home, stdout, stderr, signal } = context;
  if (words.some((word) => word !== '--json' && word !== '--fix')) {
    throw new AppError('INVALID_INPUT', 'Unexpected argument for `doctor`.', {
      expected: '--json, --fix, or nothing',
      got: words.join(' '),
    });
  }
  const look = (): Promise<readonly Finding[]> =>
    runChecks({ home, environment, configuration: usableConfiguration(environment), signal });
  let findings = await look();
  if (words.includes('--fix') && repairAll(findings, stderr) > 0) findings = await look();
  const hasColour = stdout.isTTY === true && (environment.NO_COLOR ?? '') === '';
  if (words.includes('--json')) stdout.write(toJson(findings));
  else context.terminal.stdout.write(formatFindings(findings, hasColour));
  return findings.some(({ state }) => state === 'fault') ? exitWithFaults : 0;
}
