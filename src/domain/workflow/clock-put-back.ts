import { emit, type Draft } from '#domain/workflow/draft.ts';
import { stepsInQueue } from '#domain/workflow/due-work.ts';
import type { StepState } from '#domain/workflow/state.ts';
import { CLOCK_TOLERANCE_MS } from '#domain/workflow/timing.ts';
import { isTerminal } from '#domain/workflow/vocabulary.ts';
import { redispatch } from '#domain/workflow/wake.ts';

/**
 * Says so when the last event lies in the future: the clock that wrote it has been put back since.
 * @returns steps whose jobs wait for a time that is far away now, as they were
 */
export function noticeClockPutBack(draft: Draft): readonly StepState[] {
  const { state, at } = draft;
  const aheadMs = state.updatedAt - at;
  const hasTimes = state.status !== 'PENDING' && !isTerminal(state.status);
  if (aheadMs <= CLOCK_TOLERANCE_MS || !hasTimes) return [];
  emit(draft, { type: 'ClockPutBack', aheadMs });
  return stepsInQueue(state).filter((step) => step.dueAt !== null && step.dueAt > at);
}

/** Hands those of these steps to the queue anew that what was decided since has not handed out itself. */
export function bringBack(draft: Draft, stranded: readonly StepState[]): void {
  const { steps } = draft.state;
  const same = stranded.filter(({ stepId, dispatch }) => steps.get(stepId)?.dispatch === dispatch);
  redispatch(
    draft,
    same.map(({ stepId }) => stepId),
  );
}
