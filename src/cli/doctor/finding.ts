import type { Configuration } from '../../core/configuration.ts';
import { AppError, messageOf } from '../../core/errors.ts';
import type { Home } from '../../core/home.ts';

/** What one look at this installation showed. */
export interface Finding {
  /** What was looked at, in a word or two. */
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'fault' | 'skipped';
  /** One sentence. */
  readonly found: string;
  /** What to do; with every warning and fault. */
  readonly fix?: string;
  /** Does what `fix` says, where that is safe, and says what it did. `doctor --fix` calls it. */
  readonly repair?: () => string;
}

/** What checks look at. They change nothing. */
export interface Patient {
  readonly home: Home;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the environment says where it is right, and the defaults where it is not. */
  readonly configuration: Configuration;
  readonly signal: AbortSignal;
}

/** One look. What it throws becomes a fault under its name, and checks that need it are skipped: they would say the same. */
export interface Check {
  readonly name: string;
  /** Names of earlier checks without which this one can say nothing. */
  readonly needs?: readonly string[];
  readonly run: (patient: Patient) => Promise<readonly Finding[]> | readonly Finding[];
}

/** What a check threw, as a finding. */
export function asFault(name: string, error: unknown): Finding {
  if (!(error instanceof AppError)) {
    return { name, state: 'fault', found: `The check failed: ${messageOf(error)}.`, fix: 'Report this as a bug.' };
  }
  const { hint, expected, got, faults } = error.details;
  // Many messages say both themselves.
  const isNew = (fact: string | undefined): fact is string => fact !== undefined && !error.message.includes(fact);
  const facts = [
    ...(faults ?? []),
    ...(isNew(expected) ? [`expected ${expected}`] : []),
    ...(isNew(got) ? [`got ${got}`] : []),
  ];
  return {
    name,
    state: 'fault',
    found: facts.length === 0 ? error.message : `${error.message} (${facts.join('; ')})`,
    fix: hint ?? 'Correct what the sentence names.',
  };
}
