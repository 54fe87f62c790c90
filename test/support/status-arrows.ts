import type { WorkflowStatus } from '#domain/workflow/vocabulary.ts';

/** The arrows between statuses that the table of SPEC 2 draws. */
export const STATUS_ARROWS: { readonly [S in WorkflowStatus]: readonly WorkflowStatus[] } = {
  PENDING: ['EXECUTING', 'CANCELLED'],
  EXECUTING: ['PAUSED', 'COMPLETED', 'FAILED', 'COMPENSATING', 'CANCELLED'],
  PAUSED: ['EXECUTING', 'FAILED', 'COMPENSATING', 'CANCELLED'],
  FAILED: ['EXECUTING', 'COMPENSATING'],
  COMPENSATING: ['COMPENSATED', 'FAILED'],
  COMPLETED: [],
  COMPENSATED: [],
  CANCELLED: [],
};
