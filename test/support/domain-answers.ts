import type { ReportCommand } from '#domain/workflow/commands.ts';
import type { StepState } from '#domain/workflow/state.ts';
import type { Effects } from '#test/support/domain-effects.ts';
import type { Call } from '#test/support/domain-call.ts';
import {
  fails,
  outcome,
  stumbles,
  succeeds,
  undoFails,
  undone,
  vanishes,
} from '#test/support/domain-commands.ts';

/**
 * What a service answers to a call, and what it does before it answers.
 * @param roll 0..99: below 70 all goes well
 */
export function answerTo(
  call: Call,
  step: StepState,
  effects: Effects,
  roll: number,
): ReportCommand {
  return call.kind === 'do'
    ? answerToDo(call, effects, roll)
    : answerToUndo(call, step, effects, roll);
}

function answerToDo({ stepId, startedAt }: Call, effects: Effects, roll: number): ReportCommand {
  // a repeated call is answered as before, if its answer gets through
  const known = effects.wasApplied(stepId);
  if (roll < 70 || (known && roll < 90)) {
    effects.apply(stepId);
    return succeeds(stepId, { of: stepId }, startedAt);
  }
  if (roll < 74) return fails(stepId);
  if (roll < 80) return stumbles(stepId);
  if (roll < 84) return stumbles(stepId, { retryAfterMs: 15_000 });
  if (roll < 92) effects.apply(stepId);
  if (roll % 2 === 0) return vanishes(stepId);
  return stumbles(stepId, { errorCode: 'TIMEOUT', outcome: 'unknown' });
}

function answerToUndo(
  { stepId }: Call,
  step: StepState,
  effects: Effects,
  roll: number,
): ReportCommand {
  // of one that failed over its event the answer is known
  if (step.outcome === 'unknown' && step.output === null && roll % 3 === 0)
    return resolve(stepId, effects, roll);
  if (roll < 80) {
    const wasThere = effects.isThere(stepId);
    effects.undo(stepId);
    return undone(stepId, wasThere ? 'undone' : 'nothing-to-undo');
  }
  if (roll < 90) return undoFails(stepId, { recoverable: true, errorCode: 'TIMEOUT' });
  return undoFails(stepId);
}

/** The lost answer is asked for again: an effect not had before may be had now, or is refused for good. */
function resolve(stepId: string, effects: Effects, roll: number): ReportCommand {
  if (roll % 2 === 0) effects.apply(stepId);
  return outcome(stepId, effects.wasApplied(stepId) ? { of: stepId } : null);
}
