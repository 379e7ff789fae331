import * as z from 'zod';
import { defineOperation } from '../kernel/operation.ts';

export const getProfile = defineOperation({
  name: 'get_profile',
  route: 'GET /api/profile',
  grant: 'read',
  toolset: 'core',
  summary: 'Whose mailbox this is, how much is in it, and its current historyId.',
  input: {},
  output: z
    .object({
      emailAddress: z.string(),
      messagesTotal: z.int(),
      threadsTotal: z.int(),
      historyId: z.string(),
    })
    .readonly(),
  run: (_input, call) => call.mailbox.getProfile(),
  text: (profile) =>
    `${profile.emailAddress}: ${profile.messagesTotal} messages in ${profile.threadsTotal} threads, historyId ${profile.historyId}`,
});
