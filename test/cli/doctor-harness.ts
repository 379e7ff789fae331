import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import { fillHome, locateHome } from '../../src/core/home.ts';
import { ownerToken } from '../../src/safety/tokens/owner-token.ts';
import { newEnvironment } from '../support/installation.ts';
import { runCommand } from './command-harness.ts';

type Environment = Readonly<Record<string, string>>;

/** What the doctor finds, and its exit code. */
export interface Diagnosis {
  readonly code: number | null;
  readonly findings: readonly Finding[];
  /** The findings of a name, worst first. */
  readonly of: (name: string) => readonly Finding[];
}

const order = ['fault', 'warning', 'ok', 'skipped'];

/** Runs `gmail-llm doctor --json`. */
export async function diagnose(environment: Environment): Promise<Diagnosis> {
  const { code, stdout, stderr } = await runCommand(['doctor', '--json'], environment);
  assert.equal(stderr, '');
  const findings = JSON.parse(stdout) as Finding[];
  for (const { state, fix, name } of findings) {
    assert.equal(fix !== undefined, state === 'fault' || state === 'warning', `${name} is ${state}`);
  }
  assert.equal(code, findings.some(({ state }) => state === 'fault') ? 75 : 0);
  return {
    code,
    findings,
    of: (name) =>
      findings
        .filter((finding) => finding.name === name)
        .toSorted((left, right) => order.indexOf(left.state) - order.indexOf(right.state)),
  };
}

/** What a finding has to be like. */
export interface Expected {
  readonly name: string;
  readonly state: Finding['state'];
  readonly found: RegExp;
  readonly fix?: RegExp;
}

/** Holds the worst finding of that name against what is expected. */
export function assertFinding(diagnosis: Diagnosis, { name, state, found, fix }: Expected): void {
  const [finding] = diagnosis.of(name);
  assert.ok(finding, `${name} is not among ${diagnosis.findings.map((other) => other.name).join(', ')}`);
  assert.equal(finding.state, state, JSON.stringify(finding));
  assert.match(finding.found, found);
  if (fix !== undefined) assert.match(finding.fix ?? '', fix);
}

/** A home that was started once and stands still now. */
export async function filledHome(
  t: Pick<TestContext, 'after'>,
): Promise<{ readonly environment: Environment; readonly data: string }> {
  const environment = await newEnvironment(t);
  const home = locateHome(environment);
  fillHome(home);
  ownerToken(home.dataFolder);
  return { environment, data: home.dataFolder };
}
