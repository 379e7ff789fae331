/** What a child process with an environment of its own still needs of this one: where programs are, and the guard. */
export const childEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? '',
  NODE_OPTIONS: process.env.NODE_OPTIONS ?? '',
  LOOPBACK_ONLY_REPORT: process.env.LOOPBACK_ONLY_REPORT ?? '',
};
