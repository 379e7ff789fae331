import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { fence } from '../kernel/answer-text.ts';
import { defineOperation } from '../kernel/operation.ts';
import { oneLine } from '../kernel/render-text.ts';
import {
  renderAutoForwarding,
  renderDelegate,
  renderForwardingAddress,
  renderImap,
  renderPop,
  renderSendAs,
  renderVacation,
} from './render-settings.ts';
import {
  autoForwarding,
  delegate,
  forwardingAddress,
  imap,
  language,
  pop,
  sendAs,
  vacation,
} from './setting-schemas.ts';

const settings = z
  .object({
    vacation: vacation.optional(),
    sendAs: z.array(sendAs).readonly().optional(),
    autoForwarding: autoForwarding.optional(),
    forwardingAddresses: z.array(forwardingAddress).readonly().optional(),
    delegates: z.array(delegate).readonly().optional(),
    imap: imap.optional(),
    pop: pop.optional(),
    language: language.optional(),
    unavailable: z
      .array(z.object({ setting: z.string(), code: z.string(), reason: z.string() }))
      .readonly()
      .describe('What this account may not read, and why.'),
  })
  .meta({ id: 'Settings' });

interface Part<T> {
  readonly value?: T;
  readonly unavailable: z.output<typeof settings>['unavailable'];
}

/** One setting, or why it cannot be read. What is wrong with more than this one setting is thrown. */
async function read<T>(setting: string, reading: Promise<T>): Promise<Part<T>> {
  try {
    return { value: await reading, unavailable: [] };
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== 'FORBIDDEN' && error.code !== 'UNSUPPORTED')) throw error;
    return { unavailable: [{ setting, code: error.code, reason: error.message }] };
  }
}

function list<T>(title: string, items: readonly T[] | undefined, render: (item: T) => string): readonly string[] {
  if (items === undefined) return [];
  return [`${title}: ${items.length === 0 ? 'none' : items.map(render).join('\n')}`];
}

function one<T>(title: string, value: T | undefined, render: (value: T) => string): readonly string[] {
  return value === undefined ? [] : [`${title}: ${render(value)}`];
}

export const getSettings = defineOperation({
  name: 'get_settings',
  route: 'GET /api/settings',
  grant: 'settings',
  toolset: 'settings',
  summary: 'All settings: vacation, send-as addresses and signatures, forwarding, delegates, IMAP, POP, language.',
  input: {},
  output: settings,
  run: async (_input, { mailbox }) => {
    const [vacation, sendAs, autoForwarding, forwardingAddresses, delegates, imap, pop, language] = await Promise.all([
      read('vacation', mailbox.getSetting('vacation')),
      read('sendAs', mailbox.listSendAs()),
      read('autoForwarding', mailbox.getSetting('autoForwarding')),
      read('forwardingAddresses', mailbox.listForwardingAddresses()),
      read('delegates', mailbox.listDelegates()),
      read('imap', mailbox.getSetting('imap')),
      read('pop', mailbox.getSetting('pop')),
      read('language', mailbox.getSetting('language')),
    ]);
    const parts = [vacation, sendAs, autoForwarding, forwardingAddresses, delegates, imap, pop, language];
    return {
      vacation: vacation.value,
      sendAs: sendAs.value,
      autoForwarding: autoForwarding.value,
      forwardingAddresses: forwardingAddresses.value,
      delegates: delegates.value,
      imap: imap.value,
      pop: pop.value,
      language: language.value,
      unavailable: parts.flatMap((part) => part.unavailable),
    };
  },
  text: (all, _input, { timeZone }) =>
    fence(
      'settings',
      [
        ...one('Vacation', all.vacation, (value) => renderVacation(value, timeZone)),
        ...list('Send as', all.sendAs, renderSendAs),
        ...one('Auto-forwarding', all.autoForwarding, renderAutoForwarding),
        ...list('Forwarding addresses', all.forwardingAddresses, renderForwardingAddress),
        ...list('Delegates', all.delegates, renderDelegate),
        ...one('IMAP', all.imap, renderImap),
        ...one('POP', all.pop, renderPop),
        ...one('Language', all.language, ({ displayLanguage }) => displayLanguage),
        ...all.unavailable.map(({ setting, reason }) => `Not available: ${setting}: ${oneLine(reason)}`),
      ].join('\n'),
    ),
});
