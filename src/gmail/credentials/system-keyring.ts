import { spawnSync } from 'node:child_process';
import { AppError, messageOf, systemCode } from '../../core/errors.ts';
import type { KeyStore } from '../../core/keys/key-store.ts';

/** A keyring that is locked asks its user, who may not be there. */
const patienceMs = 15_000;
const service = 'gmail-llm';

/** One run of the program that speaks to a system's keyring. */
interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
  /** Secrets go here: the arguments of a process can be read by everybody on the machine. */
  readonly input: string;
}

/** How a system's keyring is spoken to. */
interface Keyring {
  readonly name: string;
  readonly hint: string;
  readonly load: Command;
  readonly save: (text: string) => Command;
  /** Whether a failed `load` says that there is no such entry, and not that the keyring cannot be used. */
  readonly isMissing: (status: number | null, standardError: string) => boolean;
}

/** freedesktop.org's Secret Service, by `secret-tool` of libsecret. */
function secretService(folder: string): Keyring {
  const attributes = ['service', service, 'folder', folder];
  return {
    name: 'Secret Service keyring',
    hint: 'Install secret-tool (Debian: apt install libsecret-tools) and unlock the keyring, or set GMAIL_KEY_STORE=file.',
    load: { program: 'secret-tool', arguments: ['lookup', ...attributes], input: '' },
    save: (text) => ({
      program: 'secret-tool',
      arguments: ['store', '--label', `gmail-llm key for ${folder}`, ...attributes],
      input: text,
    }),
    // It ends with 1 and says nothing where there is no entry; every other failure has a sentence.
    isMissing: (status, standardError) => status === 1 && standardError.trim() === '',
  };
}

/** `errSecItemNotFound`, as `security` turns it into an exit code. */
const macItemNotFound = 44;

/** The keychain of macOS, by `security`, which reads a command with a secret from its standard input with `-i`. */
function macKeychain(folder: string): Keyring {
  return {
    name: 'macOS keychain',
    hint: 'Unlock it with `security unlock-keychain`, or set GMAIL_KEY_STORE=file.',
    load: { program: 'security', arguments: ['find-generic-password', '-s', service, '-a', folder, '-w'], input: '' },
    save: (text) => ({
      program: 'security',
      arguments: ['-i'],
      input: `add-generic-password -U -s ${service} -a "${folder.replace(/["\\]/g, '\\$&')}" -w "${text}"\n`,
    }),
    isMissing: (status) => status === macItemNotFound,
  };
}

/**
 * Keeps the keys in the keyring of the system, under the name of `folder`. Its text must be one line of plain
 * characters. Throws `UNAVAILABLE` where the keyring cannot be used, with what to do.
 */
export function openSystemKeyring(folder: string, platform: NodeJS.Platform = process.platform): KeyStore {
  const keyring = platform === 'darwin' ? macKeychain(folder) : secretService(folder);
  const unusable = (what: string, cause?: unknown) =>
    new AppError('UNAVAILABLE', `The ${keyring.name} cannot be used: ${what}.`, { hint: keyring.hint }, cause);

  function run(command: Command) {
    const { error, status, stdout, stderr } = spawnSync(command.program, command.arguments, {
      input: command.input,
      encoding: 'utf8',
      timeout: patienceMs,
    });
    if (error === undefined) return { status, stdout, stderr };
    if (systemCode(error) === 'ENOENT') throw unusable(`there is no program ${command.program}`);
    throw unusable(systemCode(error) === 'ETIMEDOUT' ? 'it did not answer' : messageOf(error), error);
  }

  const failure = (status: number | null, standardError: string) =>
    unusable(standardError.trim().replace(/\.$/, '') || `its program ended with ${status ?? 'a signal'}`);

  const load = () => {
    const { status, stdout, stderr } = run(keyring.load);
    if (status === 0) return stdout.trimEnd();
    if (keyring.isMissing(status, stderr)) return undefined;
    throw failure(status, stderr);
  };
  return {
    place: `the ${keyring.name}`,
    load,
    save(text) {
      const { status, stderr } = run(keyring.save(text));
      if (status !== 0) throw failure(status, stderr);
      if (load() !== text) throw unusable('it does not give back what it was given');
    },
  };
}
