import * as z from 'zod';
import { AppError, messageOf } from '../../core/errors.ts';
import { emptyAnswer, jsonAnswer, type HttpAnswer } from '../http/http-answer.ts';
import type { Emulator } from '../emulator.ts';
import { faultRuleSchema } from './faults.ts';
import { changeSettings } from './settings.ts';

/** A request below `/emulator/`. */
export interface ControlRequest {
  readonly httpMethod: string;
  /** `/emulator/clock`. */
  readonly pathname: string;
  readonly query: URLSearchParams;
  /** What a page of a browser sends, and nothing else. */
  readonly origin: string | undefined;
  readonly bytes: Buffer;
}

const emailAddress = z.string();

const schemas = {
  clock: z.union([
    z.strictObject({ advanceMs: z.number() }),
    z.strictObject({ nowMs: z.number() }),
    z.strictObject({ now: z.iso.datetime() }),
  ]),
  tokens: z.strictObject({
    emailAddress: emailAddress.optional(),
    scopes: z.array(z.string()).optional(),
    lifeSeconds: z.int().min(1).optional(),
    isServiceAccount: z.boolean().optional(),
  }),
  expire: z.strictObject({ emailAddress: emailAddress.optional() }),
  kill: z.strictObject({ grantId: z.string(), death: z.enum(['revoked', 'invalid_rapt']) }),
  serviceAccount: z.strictObject({
    clientEmail: z.string(),
    publicKey: z.string(),
    delegatedScopes: z.array(z.string()),
  }),
  history: z.strictObject({ emailAddress: emailAddress.optional() }),
};

/** `/emulator/…`: what a test in another process does to a running emulator; docs/emulator.md has the list. */
export async function answerControl(emulator: Emulator, request: ControlRequest): Promise<HttpAnswer> {
  if (request.origin !== undefined) return problem(403, 'The emulator is not controlled by pages.');
  try {
    return await answer(emulator, request);
  } catch (error) {
    if (error instanceof AppError) return problem(error.code === 'NOT_FOUND' ? 404 : 400, error.message);
    if (error instanceof z.ZodError) return problem(400, z.prettifyError(error));
    throw error;
  }
}

function problem(status: number, message: string): HttpAnswer {
  return jsonAnswer(status, { error: message });
}

function done(value: unknown = {}): HttpAnswer {
  return jsonAnswer(200, value);
}

async function answer(emulator: Emulator, request: ControlRequest): Promise<HttpAnswer> {
  const { httpMethod, pathname, query } = request;
  const { faults, clock, counters, settings, tokens } = emulator;
  switch (`${httpMethod} ${pathname.slice('/emulator'.length)}`) {
    case 'GET /state':
      return done(stateOf(emulator));
    case 'POST /reset-counters':
      counters.reset();
      return done();
    case 'GET /faults':
      return done({ faults: faults.list() });
    case 'POST /faults':
      return done({ id: faults.add(faultRuleSchema.parse(jsonOf(request))) });
    case 'DELETE /faults':
      faults.clear(query.get('id') ?? undefined);
      return emptyAnswer(204);
    case 'GET /settings':
      return done(settings.read());
    case 'PATCH /settings':
      settings.change(changeSettings(settings.read(), jsonOf(request)));
      return done(settings.read());
    case 'POST /clock': {
      const change = schemas.clock.parse(jsonOf(request));
      if ('advanceMs' in change) clock.advance(change.advanceMs);
      else clock.set('nowMs' in change ? change.nowMs : Date.parse(change.now));
      return done({ nowMs: clock.nowMs() });
    }
    case 'POST /tokens':
      return done(tokens.issue(schemas.tokens.parse(jsonOf(request))));
    case 'POST /expire-tokens':
      tokens.expire(schemas.expire.parse(jsonOf(request)).emailAddress);
      return done();
    case 'POST /kill-grant': {
      const { grantId, death } = schemas.kill.parse(jsonOf(request));
      tokens.kill(grantId, death);
      return done();
    }
    case 'POST /service-accounts':
      tokens.registerServiceAccount(schemas.serviceAccount.parse(jsonOf(request)));
      return done();
    case 'POST /forget-history':
      await emulator.forgetHistory(schemas.history.parse(jsonOf(request)).emailAddress);
      return done();
    case 'POST /messages':
      return done(
        await emulator.deliver(query.get('emailAddress') ?? undefined, request.bytes, query.getAll('labelIds')),
      );
    default:
      return problem(404, `There is no ${httpMethod} ${pathname} here.`);
  }
}

function stateOf({ rootUrl, accounts, clock, counters, faults, settings, tokens }: Emulator): unknown {
  return {
    rootUrl,
    nowMs: clock.nowMs(),
    accounts,
    grants: tokens.grants(),
    settings: settings.read(),
    counters: counters.read(),
    faults: faults.list(),
  };
}

function jsonOf({ bytes }: ControlRequest): unknown {
  try {
    return bytes.byteLength === 0 ? {} : JSON.parse(bytes.toString());
  } catch (error) {
    throw new AppError('INVALID_INPUT', `The body is no JSON: ${messageOf(error)}.`, {}, error);
  }
}
