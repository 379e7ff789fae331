import * as z from 'zod';
import { AppError } from '../../core/errors.ts';

const when = {
  /**
   * Which requests: a method id (`gmail.users.messages.send`), `batch`, `auth`, `token`, `revoke` or `tokeninfo`, or a
   * path; `*` stands for anything.
   */
  match: z.string().min(1),
  /** How often; else until the rule is taken away. */
  times: z.int().min(1).optional(),
  /** Of every matching request; default 1. */
  probability: z.number().min(0).max(1).optional(),
  /** Of the random numbers behind `probability`; the same seed hits the same requests. */
  seed: z.int().optional(),
};

/** A rule that spoils requests. `afterCommit` is what tests sending twice: the work is done, its answer is not. */
export const faultRuleSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...when,
    kind: z.literal('status'),
    status: z.int().min(200).max(599),
    /** `errors[0].reason`; decides the words where Gmail has some, as for `dailyLimitExceeded`. */
    reason: z.string().optional(),
    message: z.string().optional(),
    /** The whole body instead. */
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    afterCommit: z.boolean().optional(),
  }),
  /** The answer comes that much later; the work is done at the end of the wait. */
  z.strictObject({ ...when, kind: z.literal('delay'), milliseconds: z.number().min(0) }),
  /** The answer comes, slowly. */
  z.strictObject({ ...when, kind: z.literal('drip'), bytesPerSecond: z.number().min(1) }),
  /** The connection is cut without an answer. */
  z.strictObject({ ...when, kind: z.literal('drop'), afterCommit: z.boolean() }),
  /** The connection is cut after half of the body; the work is done. */
  z.strictObject({ ...when, kind: z.literal('truncate') }),
  /** 200 without a body; the work is done. */
  z.strictObject({ ...when, kind: z.literal('empty') }),
]);

export type FaultRule = Readonly<z.infer<typeof faultRuleSchema>>;

/** The rules in force. */
export interface Faults {
  /** Answers an id to remove it by. Throws `INVALID_INPUT` for a rule that is none. */
  add(rule: FaultRule): string;
  /** Takes away one rule, or all. Throws `NOT_FOUND`. */
  clear(id?: string): void;
  list(): readonly { readonly id: string; readonly rule: FaultRule; readonly hits: number }[];
  /** The first rule that hits this request, counted. `names` are the method id or short name, and the path. */
  take(names: readonly string[]): FaultRule | undefined;
}

/** Makes an empty set of rules. */
export function createFaults(): Faults {
  const entries = new Map<string, { rule: FaultRule; pattern: RegExp; random: () => number; hits: number }>();
  let made = 0;
  return {
    add(input) {
      const parsed = faultRuleSchema.safeParse(input);
      if (!parsed.success) throw new AppError('INVALID_INPUT', z.prettifyError(parsed.error), { field: 'fault' });
      made += 1;
      const id = String(made);
      const rule = parsed.data;
      entries.set(id, { rule, pattern: patternOf(rule.match), random: randomNumbers(rule.seed ?? made), hits: 0 });
      return id;
    },
    clear(id) {
      if (id === undefined) entries.clear();
      else if (!entries.delete(id)) throw new AppError('NOT_FOUND', `There is no fault ${id}.`, { field: 'id' });
    },
    list: () => Array.from(entries, ([id, { rule, hits }]) => ({ id, rule, hits })),
    take(names) {
      for (const entry of entries.values()) {
        const { rule, pattern, random, hits } = entry;
        if (rule.times !== undefined && hits >= rule.times) continue;
        if (!names.some((name) => pattern.test(name))) continue;
        if (random() >= (rule.probability ?? 1)) continue;
        entry.hits += 1;
        return rule;
      }
      return undefined;
    },
  };
}

function patternOf(match: string): RegExp {
  return new RegExp(`^${match.replaceAll(/[\\^$.+?()[\]{}|]/g, String.raw`\$&`).replaceAll('*', '.*')}$`, 's');
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
