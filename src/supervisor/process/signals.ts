import { constants } from 'node:os';

const signalNumbers: Readonly<Record<string, number>> = constants.signals;

/** The number of a signal given by name (`HUP`, `SIGHUP`, any case) or by number; undefined if there is none such. */
export function signalNumber(text: string): number | undefined {
  const word = text.trim().toUpperCase();
  if (/^\d+$/.test(word)) {
    const number = Number(word);
    return Object.values(signalNumbers).includes(number) ? number : undefined;
  }
  return signalNumbers[word.startsWith('SIG') ? word : `SIG${word}`];
}

/** The name of a signal (`SIGTERM`), or its number in words where it has no name. */
export function signalName(number: number): string {
  return Object.entries(signalNumbers).find(([, value]) => value === number)?.[0] ?? `signal ${number}`;
}
