import { z } from 'zod';

const MAX_PAUSE_MS = 600_000;
const pauseMs = z.int().min(0).max(MAX_PAUSE_MS);

/**
 * What may go wrong with one call, as its caller sees it. `applied` says whether the effect happens all the same:
 * the answer is then lost or useless, and only the ledger knows.
 * - slow: the call takes `delayMs` longer, and has its effect after that.
 * - status: that HTTP status, with a Retry-After where given.
 * - timeout: silence for `holdMs`; then the normal answer, or a reset where nothing was applied.
 * - reset: the connection breaks without an answer.
 * - business: the service says no, and nothing is done: by `status`, by a 200 with `reply`, else with the operation's own
 *   `refusal` (see the catalogue), else by a 409. What it granted before under the same key stands, and is told again; a `status`
 *   fault, on the other hand, strikes on the way and knows of nothing.
 * - garbage: a 200 that is no usable JSON reply.
 * - redirect: nothing is done; the place it points to answers 404.
 */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('slow'), delayMs: pauseMs }),
  z.strictObject({
    kind: z.literal('status'),
    status: z.int().min(400).max(599),
    retryAfterSeconds: z.int().min(0).max(3600).optional(),
    applied: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal('timeout'),
    holdMs: pauseMs,
    applied: z.boolean().default(true),
  }),
  z.strictObject({ kind: z.literal('reset'), applied: z.boolean().default(false) }),
  z.strictObject({
    kind: z.literal('business'),
    status: z.int().min(400).max(499).optional(),
    reply: z.record(z.string(), z.json()).optional(),
  }),
  z.strictObject({
    kind: z.literal('garbage'),
    form: z.enum(['html', 'truncated', 'oversized']),
    applied: z.boolean().default(true),
  }),
  z.strictObject({
    kind: z.literal('redirect'),
    status: z.literal([301, 302, 303, 307, 308]).default(307),
  }),
]);

export type Fault = z.output<typeof faultSchema>;

/** Does a call that meets this fault (or none) have its effect? */
export function letsEffectHappen(fault: Fault | null): boolean {
  if (fault === null || fault.kind === 'slow') return true;
  return 'applied' in fault && fault.applied;
}

/** Does it ask for the refusal that the operation itself has? A rule for many operations passes over those without. */
export function isOwnRefusal(fault: Fault): boolean {
  return fault.kind === 'business' && fault.reply === undefined && fault.status === undefined;
}
