import { mail } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import { byDisguise } from './by-disguise.ts';
import { byDoor } from './by-door.ts';
import { byFiles } from './by-files.ts';
import { byFiling } from './by-filing.ts';
import { byInjection } from './by-injection.ts';
import { bySending } from './by-sending.ts';
import { bySettings } from './by-settings.ts';
import { byUndo } from './by-undo.ts';
import { attacker } from './world.ts';

/** All of them, each under its own title. */
export const attempts: readonly Attempt[] = [
  ...bySending,
  ...byDisguise,
  ...byInjection,
  ...bySettings,
  ...byFiling,
  ...byUndo,
  ...byDoor,
  ...byFiles,
  {
    title: 'another account with the same login',
    go: ({ backend, rest }) =>
      backend === 'gmail' ? rest('send_message', { ...mail, account: attacker }) : rest('send_message', mail),
  },
];
