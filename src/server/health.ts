import type { Accounts } from '../accounts/accounts.ts';
import { AppError, messageOf } from '../core/errors.ts';
import type { JobTrouble } from '../core/jobs/run-jobs.ts';
import { version } from '../core/version.ts';
import { sendJson, type PublicAnswer, type PublicExchange } from './http-server.ts';

/** Something that does not work, as those see it who show a token. */
interface Reason {
  readonly code: string;
  readonly message: string;
  readonly account?: string;
  readonly job?: string;
  readonly hint?: string;
}

/** What the health of a server is made of. */
export interface HealthParts {
  readonly accounts: Pick<Accounts, 'health'>;
  /** Jobs that are late or fail. */
  readonly jobs: () => Promise<readonly JobTrouble[]>;
  /** Whether the process was told to stop. */
  readonly isStopping: () => boolean;
  /** Whether whoever asks may see addresses. */
  readonly isTrusted: (exchange: PublicExchange) => boolean;
}

/**
 * `/health/live`: the process answers. `/health/ready`: 200 as soon as calls can be served, with a `status` of `ready` or,
 * where not everything works, `degraded`, and the codes of the reasons; 503 only when no call can be served. Nobody outside
 * of this machine is asked. Addresses and texts are for those who show a token.
 */
export function answerHealth(parts: HealthParts): readonly (readonly [string, PublicAnswer])[] {
  const origin = { version, pid: process.pid };
  return [
    ['/health/live', ({ response }) => sendJson(response, 200, { status: 'live', ...origin })],
    [
      '/health/ready',
      async (exchange) => {
        const { response, requestId } = exchange;
        try {
          if (parts.isStopping()) throw new AppError('UNAVAILABLE', 'The server is stopping.');
          const health = await parts.accounts.health();
          const reasons: readonly Reason[] = [
            ...health.flatMap(({ trouble: code, message = '', account, hint }) =>
              code === undefined
                ? []
                : [
                    {
                      code,
                      message,
                      ...(account === undefined ? {} : { account }),
                      ...(hint === undefined ? {} : { hint }),
                    },
                  ],
            ),
            ...(await parts.jobs()),
          ];
          const codes = [...new Set(reasons.map(({ code }) => code))];
          const [first] = health.filter(({ account, trouble }) => account !== undefined && trouble === undefined);
          const details = parts.isTrusted(exchange)
            ? { ...(first?.account === undefined ? {} : { account: first.account }), details: reasons }
            : {};
          const status = codes.length === 0 ? 'ready' : 'degraded';
          sendJson(response, 200, { status, reasons: codes, ...origin, ...details });
        } catch (error) {
          const code = error instanceof AppError ? error.code : 'INTERNAL';
          const { hint } = error instanceof AppError ? error.details : {};
          const reason = parts.isTrusted(exchange)
            ? { reason: messageOf(error), ...(hint === undefined ? {} : { hint }) }
            : {};
          sendJson(response, 503, { status: 'unready', reasons: [code], ...origin, ...reason, requestId });
        }
      },
    ],
  ];
}
