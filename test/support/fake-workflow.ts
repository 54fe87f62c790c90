import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import { RETRY_POLICIES } from '#domain/policy/retry.ts';
import type { WorkflowEvent } from '#domain/workflow/events.ts';

/** When the fake's first event happened; each further one is a second later. */
export const FAKE_EPOCH = Date.UTC(2026, 0, 1);

/** A definition of two steps, which every workflow of the fake runs on. */
export const FAKE_DEFINITION: WorkflowDefinition = {
  definitionId: 'order-fulfillment',
  version: 3,
  workflowType: 'ORDER_FULFILLMENT',
  name: 'Order fulfilment',
  timeoutMs: 300_000,
  onFailure: 'fail',
  inputSchema: null,
  lane: null,
  cutOffAt: null,
  output: {},
  steps: [
    {
      kind: 'call',
      stepId: 'validate-order',
      stepName: 'Validate order',
      dependencies: [],
      condition: null,
      optional: false,
      serviceName: 'order-management-service',
      operation: 'validateOrder',
      http: null,
      input: {},
      timeoutMs: null,
      retry: RETRY_POLICIES.default,
      failWhen: null,
      pivot: false,
      completion: { mode: 'call' },
      compensation: { strategy: 'NONE' },
    },
    {
      kind: 'wait',
      stepId: 'cool-down',
      stepName: 'Cool down',
      dependencies: ['validate-order'],
      condition: null,
      optional: false,
      wait: { durationMs: 60_000 },
    },
  ],
};

/** What the fake counts, whatever it holds. */
export const FAKE_COUNTS = {
  byStatus: {
    PENDING: 1,
    EXECUTING: 4,
    PAUSED: 2,
    COMPLETED: 6,
    FAILED: 1,
    COMPENSATING: 1,
    COMPENSATED: 1,
    CANCELLED: 5,
  },
  activeByPriority: { HIGH: 1, NORMAL: 5, LOW: 2 },
  averageExecutionTimeMs: 1500,
};

/** How a workflow of the fake begins. */
export const FAKE_CREATION: WorkflowEvent & { type: 'WorkflowCreated' } = {
  type: 'WorkflowCreated',
  definitionId: FAKE_DEFINITION.definitionId,
  definitionVersion: FAKE_DEFINITION.version,
  workflowName: 'Order 4711',
  workflowType: 'ORDER_FULFILLMENT',
  priority: 'NORMAL',
  triggeredBy: 'test',
  correlationId: 'order-4711',
  input: {},
  waveless: false,
  maxRetries: 3,
  timeoutMs: 300_000,
  callbackUrl: null,
  metadata: {},
};
