import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { VacationSettings } from '../../mail/settings.ts';
import { defineOperation } from '../kernel/operation.ts';
import { refuseNothing } from '../kernel/refuse-nothing.ts';
import { noteIfLocal } from '../kernel/render-text.ts';
import { changeSetting } from './change-setting.ts';
import { renderChange, renderVacation } from './render-settings.ts';
import { line, notApplied, vacation } from './setting-schemas.ts';

const momentForm = 'expected ISO 8601 with its zone, 2026-12-24T18:00:00+01:00, or "" for none';
const moment = z
  .union([z.iso.datetime({ offset: true, error: momentForm }), z.literal('')], momentForm)
  .exactOptional()
  .describe('ISO 8601 with zone; "" for none.');

const fields = {
  enableAutoReply: z.boolean().exactOptional(),
  responseSubject: line(500).exactOptional(),
  responseBodyPlainText: z.string().max(50_000).exactOptional(),
  responseBodyHtml: z.string().max(100_000).exactOptional().describe('Instead of plain text.'),
  restrictToContacts: z.boolean().exactOptional(),
  restrictToDomain: z.boolean().exactOptional(),
  startTime: moment,
  endTime: moment,
};

type Fields = z.output<z.ZodObject<typeof fields>>;

/** Gmail's form of a moment (milliseconds as text): the one before where none is given, none for "". */
function timeOf(given: string | undefined, before: string | undefined): string | undefined {
  if (given === undefined) return before;
  return given === '' ? undefined : String(Date.parse(given));
}

function hasText(text: string | undefined): boolean {
  return text !== undefined && text !== '';
}

/** A new text takes the place of the old one in the other form too: of two, Gmail would send the HTML. */
function merge(input: Fields, before: VacationSettings): VacationSettings {
  const { startTime: start, endTime: end, responseBodyPlainText: text, responseBodyHtml: html, ...changed } = input;
  const { startTime: oldStart, endTime: oldEnd, responseBodyPlainText, responseBodyHtml, ...kept } = before;
  const startTime = timeOf(start, oldStart);
  const endTime = timeOf(end, oldEnd);
  const plainBody = hasText(html) ? undefined : (text ?? responseBodyPlainText);
  const htmlBody = hasText(text) ? undefined : (html ?? responseBodyHtml);
  return {
    ...kept,
    ...changed,
    ...(plainBody === undefined ? {} : { responseBodyPlainText: plainBody }),
    ...(htmlBody === undefined ? {} : { responseBodyHtml: htmlBody }),
    ...(startTime === undefined ? {} : { startTime }),
    ...(endTime === undefined ? {} : { endTime }),
  };
}

function isoTime(milliseconds: string): string {
  return new Date(Number(milliseconds)).toISOString();
}

/** Throws `INVALID_INPUT` for an automatic answer that would say nothing, or never be sent. */
function check(wanted: VacationSettings, nowMs: number): void {
  const { enableAutoReply, startTime, endTime } = wanted;
  if (startTime !== undefined && endTime !== undefined && Number(startTime) >= Number(endTime)) {
    throw new AppError('INVALID_INPUT', 'The absence would end before it begins.', {
      field: 'endTime',
      expected: `a time after ${isoTime(startTime)}`,
      got: isoTime(endTime),
    });
  }
  if (!enableAutoReply) return;
  const { responseSubject = '', responseBodyPlainText = '', responseBodyHtml = '' } = wanted;
  if (`${responseSubject}${responseBodyPlainText}${responseBodyHtml}`.trim() === '') {
    throw new AppError('INVALID_INPUT', 'The automatic answer would be empty.', {
      field: 'responseBodyPlainText',
      expected: 'a subject or a text',
      got: 'neither',
    });
  }
  if (endTime !== undefined && Number(endTime) <= nowMs) {
    throw new AppError('INVALID_INPUT', 'The absence is over already: nothing would be sent.', {
      field: 'endTime',
      expected: 'a time to come, or "" for no end',
      got: isoTime(endTime),
    });
  }
}

export const updateVacation = defineOperation({
  name: 'update_vacation',
  route: 'PATCH /api/settings/vacation',
  grant: 'settings',
  toolset: 'settings',
  summary: 'Turn the automatic answer on or off, or change it. What is not given stays as it is.',
  input: fields,
  output: vacation.extend({ before: vacation, notApplied }),
  run: async (input, call) => {
    refuseNothing(input, Object.keys(fields));
    if (hasText(input.responseBodyPlainText) && hasText(input.responseBodyHtml)) {
      throw new AppError('INVALID_INPUT', 'Give the text or the HTML: of both, Gmail would send the HTML only.', {
        field: 'responseBodyHtml',
        expected: 'responseBodyPlainText or responseBodyHtml',
        got: 'both',
      });
    }
    return changeSetting(call, 'vacation', (before) => {
      const wanted = merge(input, before);
      check(wanted, call.nowMs);
      return wanted;
    });
  },
  text: ({ before, notApplied, ...after }, _input, { timeZone, delivery }) => [
    ...renderChange(renderVacation(after, timeZone), renderVacation(before, timeZone), notApplied),
    ...(after.enableAutoReply
      ? noteIfLocal(delivery, 'This local mailbox keeps the setting, but answers nobody.')
      : []),
  ],
});
