import { emit, type Draft } from '#domain/workflow/draft.ts';

/**
 * Decides a dispatch under a number of its own: job ids are never used twice.
 * @param stepIds in the order in which they are to run
 * @param dueAt end of a wait step, epoch ms; null: each step keeps its own time
 */
export function dispatchSteps(
  draft: Draft,
  direction: 'do' | 'undo',
  stepIds: readonly string[],
  dueAt: number | null,
): void {
  const dispatch = draft.state.lastDispatch + 1;
  emit(draft, { type: 'StepsDispatched', dispatch, direction, stepIds, dueAt });
}
