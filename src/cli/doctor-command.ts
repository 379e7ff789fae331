import { AppError, errorCodes } from '../core/errors.ts';
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

/**
 * `gmail-llm doctor [--json]`: looks at everything that can be wrong with this home and says how to fix it; changes
 * nothing. Answers 0 where there is no fault, else the exit code of `UNAVAILABLE` (75). Throws `INVALID_INPUT` for
 * other words.
 */
export async function runDoctor(context: CommandContext): Promise<number> {
  const { arguments: words, environment, home, stdout, signal } = context;
  if (words.some((word) => word !== '--json')) {
    throw new AppError('INVALID_INPUT', 'Unexpected argument for `doctor`.', {
      expected: '--json, or nothing',
      got: words.join(' '),
    });
  }
  const findings: readonly Finding[] = await runChecks({
    home,
    environment,
    configuration: usableConfiguration(environment),
    signal,
  });
  const hasColour = stdout.isTTY === true && (environment.NO_COLOR ?? '') === '';
  stdout.write(words.length > 0 ? toJson(findings) : formatFindings(findings, hasColour));
  return findings.some(({ state }) => state === 'fault') ? exitWithFaults : 0;
}
