import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageFolder, type Home } from '../../core/home.ts';
import { commandOf, dashboardProgram, serverPrograms } from '../../core/process-configuration.ts';
import { splitCommand } from '../../supervisor/configuration/split-words.ts';
import type { SupervisorConfiguration } from '../../supervisor/configuration/supervisor-configuration.ts';

/** A server of ours whose command leads to another installation, or to nothing. */
export interface StaleProgram {
  readonly name: string;
  /** The file that its command names and that is not this installation's. */
  readonly path: string;
  readonly isMissing: boolean;
}

/** Programs that run our servers from somewhere else than this installation. */
export function stalePrograms({ groups }: SupervisorConfiguration): readonly StaleProgram[] {
  const ours = join(packageFolder(), 'bin');
  return groups
    .flatMap(({ processes }) => processes)
    .flatMap(({ name, command }): readonly StaleProgram[] => {
      if (!serverPrograms.some((program) => program === name)) return [];
      const [node = '', ...words] = splitCommand(command);
      const script = words.find((word) => basename(word) === `${name}.js`);
      const missing = [node, script].find((path) => path?.startsWith('/') === true && !existsSync(path));
      if (missing !== undefined) return [{ name, path: missing, isMissing: true }];
      return script === undefined || script === join(ours, `${name}.js`)
        ? []
        : [{ name, path: script, isMissing: false }];
    });
}

/** The file's text with the command of these programs set to this installation's; every other line stays. */
function withOurCommands(text: string, names: ReadonlySet<string>, kind: 'checkout' | 'installed'): string {
  let program: string | undefined;
  return text
    .split('\n')
    .map((line) => {
      const section = /^\[(.*)\]/.exec(line)?.[1];
      if (section !== undefined) program = /^program:(.+)$/.exec(section)?.[1];
      const isCommand = /^command\s*[=:]/.test(line);
      return isCommand && program !== undefined && names.has(program) ? `command=${commandOf(program, kind)}` : line;
    })
    .join('\n');
}

/** Changes the home's file, after a backup. Returns the backup's path. */
function changeProcessFile(
  home: Home,
  now: Date,
  change: (text: string, kind: 'checkout' | 'installed') => string,
): string {
  const file = home.configurationFile;
  const backup = `${file}.${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}.bak`;
  copyFileSync(file, backup);
  const kind = home.folder === packageFolder() ? 'checkout' : 'installed';
  const draft = `${file}.new`;
  writeFileSync(draft, change(readFileSync(file, 'utf8'), kind));
  renameSync(draft, file);
  return backup;
}

/** Repairs the commands of these programs in the home's file, after a backup. Returns the backup's path. */
export function repairProcessFile(home: Home, stale: readonly StaleProgram[], now: Date): string {
  const names = new Set(stale.map(({ name }) => name));
  return changeProcessFile(home, now, (text, kind) => withOurCommands(text, names, kind));
}

/** Adds the owner's page to the home's file, after a backup. Returns the backup's path. */
export function addDashboard(home: Home, now: Date): string {
  return changeProcessFile(home, now, (text, kind) => `${text.trimEnd()}\n\n${dashboardProgram(kind)}`);
}
