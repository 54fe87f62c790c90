import { drain, goBackward } from '#domain/workflow/backward.ts';
import type { Draft } from '#domain/workflow/draft.ts';
import { beginPendingCompensation } from '#domain/workflow/failing.ts';
import { goForward } from '#domain/workflow/forward.ts';

/**
 * Decides all that follows by itself from what was just decided. Forward may end in failure and failure in compensation, never
 * the other way round: so one pass is enough.
 */
export function followUp(draft: Draft): void {
  if (draft.state.status === 'EXECUTING') goForward(draft);
  if (draft.state.status === 'FAILED') {
    drain(draft);
    beginPendingCompensation(draft);
  }
  if (draft.state.status === 'COMPENSATING') goBackward(draft);
}
