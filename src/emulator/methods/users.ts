import * as z from 'zod';
import { invalidArgument } from '../http/google-errors.ts';
import type { Method } from './method.ts';
import { defineMethod } from './method.ts';

/** How long Gmail keeps a watch (guide to push notifications). */
const watchMs = 7 * 24 * 60 * 60 * 1000;

const filterActions = z.enum(['include', 'exclude']).optional();

/** `users`: the account as a whole. */
export const userMethods: readonly Method[] = [
  defineMethod('getProfile', {
    run: async ({ mailbox }) => mailbox.getProfile(),
  }),
  defineMethod('watch', {
    body: {
      name: '',
      schema: z.strictObject({
        topicName: z.string().optional(),
        labelIds: z.array(z.string()).default([]),
        labelFilterAction: filterActions,
        labelFilterBehavior: filterActions,
      }),
    },
    run: async ({ body, mailbox, state, nowMs }) => {
      const { topicName = '', labelIds, labelFilterBehavior, labelFilterAction } = body;
      if (topicName === '') throw invalidArgument('topicName required');
      if (!/^projects\/[a-z][a-z\d-]{4,28}[a-z\d]\/topics\/[A-Za-z][\w.~+%-]{2,254}$/.test(topicName)) {
        throw invalidArgument('Invalid topicName does not match projects/<project>/topics/*');
      }
      const known = new Set((await mailbox.listLabels()).map(({ id }) => id));
      const unknown = labelIds.find((id) => !known.has(id));
      if (unknown !== undefined) throw invalidArgument(`Invalid label: ${unknown}`);
      const { watch } = state;
      if (watch !== undefined && watch.topicName !== topicName && watch.expiresMs > nowMs) {
        throw invalidArgument(
          'Only one user push notification client allowed per developer (call /stop then try again)',
        );
      }
      const { historyId } = await mailbox.getProfile();
      // The older name of the field still counts.
      const isExcluding = (labelFilterBehavior ?? labelFilterAction) === 'exclude';
      const expiresMs = nowMs + watchMs;
      state.watch = { topicName, expiresMs, labelIds, isExcluding, announcedHistoryId: undefined };
      return { historyId, expiration: String(nowMs + watchMs) };
    },
  }),
  defineMethod('stop', {
    run: ({ state }) => {
      state.watch = undefined;
    },
  }),
];
