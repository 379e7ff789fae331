import { spawn } from 'node:child_process';

/** Whether a browser that is opened here is seen by the person who types: not over SSH without a display. */
export function hasDisplay(environment: Readonly<Record<string, string | undefined>>): boolean {
  const isSet = (name: string) => (environment[name] ?? '') !== '';
  return process.platform === 'darwin' ? !isSet('SSH_CONNECTION') : isSet('DISPLAY') || isSet('WAYLAND_DISPLAY');
}

/** Asks the desktop to open an address. A desktop that cannot is no fault: the address is printed too. */
export function openBrowser(url: string, environment: Readonly<Record<string, string | undefined>>): void {
  const opener = spawn(process.platform === 'darwin' ? 'open' : 'xdg-open', [url], {
    env: { ...environment },
    stdio: 'ignore',
    detached: true,
  });
  opener.once('error', () => {});
  opener.unref();
}
