/** The closed sets of SPEC 1. Each list is the single source: types, API schemas and stores are derived from it. */

export const WORKFLOW_TYPES = [
  'ORDER_FULFILLMENT',
  'RECEIVING',
  'PUTAWAY',
  'PICKING',
  'PACKING',
  'SHIPPING',
  'RETURNS_PROCESSING',
  'INVENTORY_TRANSFER',
  'CYCLE_COUNT',
  'REPLENISHMENT',
  'CROSS_DOCKING',
  'WAVE_PROCESSING',
  'WAVELESS_PROCESSING',
  'QUALITY_CHECK',
  'VALUE_ADDED_SERVICE',
] as const;
export type WorkflowType = (typeof WORKFLOW_TYPES)[number];

export const WORKFLOW_STATUSES = [
  'PENDING',
  'EXECUTING',
  'PAUSED',
  'COMPLETED',
  'FAILED',
  'COMPENSATING',
  'COMPENSATED',
  'CANCELLED',
] as const;
export type WorkflowStatus = (typeof WORKFLOW_STATUSES)[number];

export const STEP_STATUSES = [
  'PENDING',
  'EXECUTING',
  'COMPLETED',
  'FAILED',
  'COMPENSATING',
  'COMPENSATED',
  'SKIPPED',
] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

export const WORKFLOW_PRIORITIES = ['HIGH', 'NORMAL', 'LOW'] as const;
export type WorkflowPriority = (typeof WORKFLOW_PRIORITIES)[number];

export const ERROR_TYPES = [
  'VALIDATION_ERROR',
  'BUSINESS_RULE_VIOLATION',
  'TIMEOUT',
  'SERVICE_UNAVAILABLE',
  'NETWORK_ERROR',
  'DATA_INTEGRITY_ERROR',
  'PERMISSION_DENIED',
  'RESOURCE_NOT_FOUND',
  'INTERNAL_ERROR',
  'COMPENSATION_FAILED',
] as const;
export type ErrorType = (typeof ERROR_TYPES)[number];

export const COMPENSATION_STRATEGIES = [
  'REVERSE_OPERATION',
  'DELETE_CREATED',
  'RESTORE_STATE',
  'CUSTOM',
  'NONE',
] as const;
export type CompensationStrategy = (typeof COMPENSATION_STRATEGIES)[number];

const WAVELESS_TYPES: ReadonlySet<WorkflowType> = new Set([
  'ORDER_FULFILLMENT',
  'PICKING',
  'PACKING',
]);
const INVENTORY_TYPES: ReadonlySet<WorkflowType> = new Set([
  'ORDER_FULFILLMENT',
  'PICKING',
  'REPLENISHMENT',
]);

/** May workflows of this type be released continuously, without a wave (SPEC 1, mark w)? */
export function supportsWaveless(type: WorkflowType): boolean {
  return WAVELESS_TYPES.has(type);
}

/** Do workflows of this type need inventory (SPEC 1, mark i)? */
export function needsInventory(type: WorkflowType): boolean {
  return INVENTORY_TYPES.has(type);
}

/** Terminal: no command and no late result changes such a workflow any more. FAILED is not terminal: it can be retried, repaired or compensated. */
export function isTerminal(status: WorkflowStatus): boolean {
  return status === 'COMPLETED' || status === 'COMPENSATED' || status === 'CANCELLED';
}

/** Active: the engine or an operator still has work with it before it can rest. */
export function isActive(status: WorkflowStatus): boolean {
  return (
    status === 'PENDING' ||
    status === 'EXECUTING' ||
    status === 'PAUSED' ||
    status === 'COMPENSATING'
  );
}

/** Released, and not ended: an order in these holds a place of its lane. */
export const ON_FLOOR_STATUSES: readonly WorkflowStatus[] = WORKFLOW_STATUSES.filter(
  (status) => isActive(status) && status !== 'PENDING',
);
