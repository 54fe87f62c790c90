import { letsEffectHappen } from '#simulator/faults/fault.ts';
import type { Fault } from '#simulator/faults/fault.ts';
import { announce } from '#simulator/http/announce.ts';
import { json, problem } from '#simulator/http/exchange.ts';
import type { Answer } from '#simulator/http/exchange.ts';
import type { Call } from '#simulator/http/receive.ts';
import { askedOf } from '#simulator/operation.ts';
import type { Pauses } from '#simulator/pauses.ts';
import type { World } from '#simulator/simulation.ts';

/** How a call ends. `whole`: its true reply is sent, so that its caller may learn of the effect. */
export type Ending = { readonly answer: Answer | 'reset'; readonly whole: boolean };

const OVERSIZED_BYTES = 300 * 1024;
const OVERSIZED = JSON.stringify({ padding: 'x'.repeat(OVERSIZED_BYTES) });

/**
 * Does what a call asks, with the fault that is due to it. Time passes before the effect (a slow call may be overtaken by
 * its own undo), and the effect happens whether or not the caller is still there. Of two requests with one key the second waits
 * until the first is decided.
 */
export async function carryOut(world: World, pauses: Pauses, call: Call): Promise<Ending> {
  const { latencyMs, fault } = judge(world, call);
  const delayMs = latencyMs + (fault?.kind === 'slow' ? fault.delayMs : 0);
  const work = async () => {
    if (delayMs > 0) await pauses.pause(delayMs);
    return decide(world, call, fault);
  };
  const decision = await (call.key === null ? work() : world.turns.inTurn(call.key.text, work));
  switch (decision.kind) {
    case 'said-no':
      return decision.ending;
    case 'nothing':
      return endWithout(fault, pauses, call);
    case 'refused':
      return OVERTAKEN;
    case 'done':
      if (isNews(call, decision)) void announce(world, pauses, call);
      return endWith(fault, pauses, decision);
  }
}

/** Has something been done just now, for the first time? */
function isNews(
  { key, operation }: Call,
  { replayed }: Extract<Performed, { kind: 'done' }>,
): boolean {
  return key?.kind === 'do' && operation.effect && !replayed;
}

type Decision =
  Performed | { readonly kind: 'said-no'; readonly ending: Ending } | { readonly kind: 'nothing' };

/** The moment in which the effect happens or does not, with nothing awaited. */
function decide(world: World, call: Call, fault: Fault | null): Decision {
  if (fault?.kind === 'business') return { kind: 'said-no', ending: sayNo(world, call, fault) };
  return letsEffectHappen(fault) ? perform(world, call) : { kind: 'nothing' };
}

function judge(world: World, call: Call): { latencyMs: number; fault: Fault | null } {
  const { service, operation, key, scope, correlationId } = call;
  const verdict = world.plan.judge({
    service,
    operation,
    key: scope,
    workflowId: key?.workflowId ?? null,
    stepId: key?.stepId ?? null,
    kind: key?.kind ?? 'do',
    correlationId,
    attempt: world.ledger.admit(scope),
  });
  if (verdict.fault) world.stats.struck(verdict.fault.kind);
  return verdict;
}

type Performed =
  | { readonly kind: 'done'; readonly reply: string; readonly replayed: boolean }
  | { readonly kind: 'refused' };

function perform(world: World, call: Call): Performed {
  const { service, operation, key, scope, params, input } = call;
  const asked = askedOf(`${world.seed}|${scope}`, params, input);
  if (key === null || (!operation.effect && key.kind === 'do')) {
    return { kind: 'done', reply: JSON.stringify(operation.reply(asked)), replayed: false };
  }
  const application = world.ledger.apply(key, { service, operation: operation.name }, (kind) =>
    JSON.stringify(
      kind === 'noop' ? { ...params, status: 'NOTHING_TO_UNDO' } : operation.reply(asked),
    ),
  );
  if (application.kind === 'refused') world.stats.refused();
  if (application.kind === 'replayed') world.stats.replayed();
  if (application.kind === 'refused') return application;
  return { kind: 'done', reply: application.reply, replayed: application.kind === 'replayed' };
}

const OVERTAKEN: Ending = {
  answer: problem(409, 'this step was undone before: a late request has no effect'),
  whole: false,
};

type Refusal = Extract<Fault, { kind: 'business' }>;

/** The service says no. What it did before under the same key stands, and is told again. */
function sayNo(world: World, call: Call, { reply, status }: Refusal): Ending {
  const { operation, key, scope, params, input } = call;
  if (key !== null && world.ledger.look(key) !== 'fresh') {
    const performed = perform(world, call);
    return performed.kind === 'refused' ? OVERTAKEN : wholeReply(performed);
  }
  const refusal = reply ?? operation.refusal?.(askedOf(`${world.seed}|${scope}`, params, input));
  const answer =
    status === undefined && refusal
      ? json(200, refusal)
      : problem(status ?? 409, `${operation.name} is not possible`);
  return { answer, whole: false };
}

/** The endings in which nothing was done. */
async function endWithout(fault: Fault | null, pauses: Pauses, call: Call): Promise<Ending> {
  if (fault?.kind === 'timeout') await pauses.pause(fault.holdMs);
  if (fault?.kind === 'status') return failed(fault);
  if (fault?.kind === 'garbage') return garbage(fault.form, '{}');
  if (fault?.kind !== 'redirect') return { answer: 'reset', whole: false };
  const location = `/${call.service}/elsewhere`;
  return { answer: { status: fault.status, body: '', headers: { location } }, whole: false };
}

/** The endings in which it was done, whatever the caller learns of it. */
async function endWith(
  fault: Fault | null,
  pauses: Pauses,
  performed: Extract<Performed, { kind: 'done' }>,
): Promise<Ending> {
  switch (fault?.kind) {
    case 'timeout':
      await pauses.pause(fault.holdMs);
      return wholeReply(performed);
    case 'status':
      return failed(fault);
    case 'reset':
      return { answer: 'reset', whole: false };
    case 'garbage':
      return garbage(fault.form, performed.reply);
    default:
      return wholeReply(performed);
  }
}

function wholeReply({ reply, replayed }: Extract<Performed, { kind: 'done' }>): Ending {
  const headers: Record<string, string> = replayed ? { 'idempotent-replay': 'true' } : {};
  return { answer: { status: 200, body: reply, headers }, whole: true };
}

function failed({ status, retryAfterSeconds }: Extract<Fault, { kind: 'status' }>): Ending {
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return { answer: problem(status, 'a simulated fault', headers), whole: false };
}

function garbage(form: Extract<Fault, { kind: 'garbage' }>['form'], reply: string): Ending {
  switch (form) {
    case 'html': {
      const body = '<!doctype html><title>Welcome</title><p>It works!</p>';
      return {
        answer: { status: 200, body, headers: { 'content-type': 'text/html' } },
        whole: false,
      };
    }
    case 'truncated':
      return { answer: { status: 200, body: reply.slice(0, reply.length / 2) }, whole: false };
    case 'oversized':
      return { answer: { status: 200, body: OVERSIZED }, whole: false };
  }
}
