import { isSecretVariable, variables } from './variables.ts';
import { ownEnvironment, type Environment } from './settings.ts';

/**
 * Where the value of a variable comes from; `servers` is the environment that the running supervisor was started in, `shared` what
 * all hosts of the store have in common.
 */
type VariableOrigin = 'environment' | 'servers' | 'settings' | 'shared' | 'default';

/** A variable as `gmail-llm config` shows it; a secret's value is not shown. */
export interface ShownVariable {
  readonly name: string;
  /** Undefined where it is not set and has no fixed default. */
  readonly value: string | undefined;
  readonly origin: VariableOrigin;
  readonly meaning: string;
}

/** Every variable with its value and where that comes from. */
export function showVariables(sources: {
  readonly environment: Environment;
  readonly servers: Environment;
  readonly settings: ReadonlyMap<string, string>;
  readonly shared: ReadonlyMap<string, string>;
}): readonly ShownVariable[] {
  const environment = ownEnvironment(sources.environment);
  return Object.entries(variables).map(([name, { meaning, fallback }]) => {
    const candidates = [
      ['environment', environment[name]],
      ['servers', sources.servers[name]],
      ['settings', sources.settings.get(name)],
      ['shared', sources.shared.get(name)],
    ] as const;
    const [origin, value] = candidates.find(([, text]) => text !== undefined && text !== '') ?? ['default', fallback];
    const shown = value !== undefined && isSecretVariable(name) ? '(set, not shown)' : value;
    return { name, value: shown, origin, meaning };
  });
}
