import type { ApiAnswer, ApiCall } from './api-call.ts';
import { googleErrorOf, notImplemented } from './google-errors.ts';
import { addressMethods } from '../methods/addresses.ts';
import { draftMethods } from '../methods/drafts.ts';
import { filterMethods } from '../methods/filters.ts';
import { historyMethods } from '../methods/history.ts';
import { insertMethods } from '../methods/insert-messages.ts';
import { labelMethods } from '../methods/labels.ts';
import { messageMethods } from '../methods/messages.ts';
import type { Method } from '../methods/method.ts';
import { settingMethods } from '../methods/settings.ts';
import { threadMethods } from '../methods/threads.ts';
import { userMethods } from '../methods/users.ts';

const methods: ReadonlyMap<string, Method> = new Map(
  [
    ...userMethods,
    ...messageMethods,
    ...insertMethods,
    ...threadMethods,
    ...draftMethods,
    ...historyMethods,
    ...labelMethods,
    ...settingMethods,
    ...filterMethods,
    ...addressMethods,
  ].map((method) => [`gmail.users.${method.name}`, method]),
);

/** Whether the emulator does a method; it answers 501 to the others (client-side encryption and S/MIME). */
export function isAnswered(methodId: string): boolean {
  return methods.has(methodId);
}

/**
 * Answers a call of any Gmail v1 method as Gmail would. Throws `GoogleError` with Gmail's status, reason and wording;
 * anything else that is thrown is a fault of the emulator.
 */
export async function answerCall(call: ApiCall): Promise<ApiAnswer> {
  const method = methods.get(call.method.id);
  if (method === undefined) throw notImplemented(call.method.id);
  try {
    return await method.answer(call);
  } catch (error) {
    throw googleErrorOf(error);
  }
}
