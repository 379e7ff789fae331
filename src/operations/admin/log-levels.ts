import * as z from 'zod';
import { logLevels } from '../../core/logger.ts';
import { defaultLevelMs, logLevelsFile, readLogLevels, setLogLevels } from '../../core/telemetry/log-levels.ts';
import { subsystems } from '../../core/telemetry/log.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';
import type { HomeCall } from '../kernel/home-call.ts';
import { isoTime } from './iso-time.ts';

/** Which levels are set now. */
const setLevels = z.object({
  levels: z
    .array(z.object({ subsystem: z.enum(subsystems), level: z.enum(logLevels), until: z.iso.datetime() }))
    .readonly(),
});

type SetLevels = z.output<typeof setLevels>;

function levelsNow({ services: { home, hostNow } }: HomeCall): SetLevels {
  const set = readLogLevels(logLevelsFile(home.runFolder), hostNow());
  return { levels: set.map(({ untilMs, ...level }) => ({ ...level, until: isoTime(untilMs) })) };
}

const common = {
  grant: 'admin',
  toolset: 'admin',
  output: setLevels,
  text: ({ levels }: SetLevels): string =>
    levels.length === 0
      ? 'Every subsystem logs from GMAIL_LOG_LEVEL on.'
      : levels.map(({ subsystem, level, until }) => `${subsystem}  ${level}  until ${until}`).join('\n'),
} as const;

export const getLogLevels = defineHomeOperation({
  ...common,
  name: 'get_log_levels',
  route: 'GET /api/admin/log-levels',
  summary: 'Log levels that are set for a while.',
  input: {},
  run: (_input, call) => levelsNow(call),
});

export const setLogLevel = defineHomeOperation({
  ...common,
  name: 'set_log_level',
  route: 'PUT /api/admin/log-levels/{subsystem}',
  summary: 'Set from which level on a subsystem is logged by the servers that run, for a while.',
  input: {
    subsystem: z.enum(['all', ...subsystems]),
    level: z.enum([...logLevels, 'default']),
    minutes: z
      .int()
      .min(1)
      .max(99_999)
      .default(defaultLevelMs / 60_000),
  },
  run({ subsystem, level, minutes }, call) {
    const { services } = call;
    const nowMs = services.hostNow();
    const change = {
      subsystems: subsystem === 'all' ? subsystems : [subsystem],
      untilMs: nowMs + minutes * 60_000,
      ...(level === 'default' ? {} : { level }),
    };
    setLogLevels(logLevelsFile(services.home.runFolder), change, nowMs);
    return levelsNow(call);
  },
});
