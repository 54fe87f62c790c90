import type { WaitingResponse } from '#api/schemas/waiting.ts';
import { isoOrNull } from '#api/views/iso.ts';
import type { Waiting } from '#domain/workflow/waiting-reason.ts';

/** One reason to wait, for the API. */
export function waitingView(waiting: Waiting): WaitingResponse {
  const { stepId, reason, subject, detail, action } = waiting;
  return {
    stepId,
    reason,
    subject,
    since: isoOrNull(waiting.since),
    until: isoOrNull(waiting.until),
    estimatedAt: isoOrNull(waiting.estimatedAt),
    detail,
    action,
  };
}
