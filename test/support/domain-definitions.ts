import type {
  CallStep,
  EventCompletion,
  StepDefinition,
  WaitStep,
  WorkflowDefinition,
} from '#domain/definition/definition.ts';
import { RETRY_POLICIES } from '#domain/policy/retry.ts';
import type { WorkflowCreation } from '#domain/workflow/events.ts';

/** Builders of definitions for tests of the domain: what a test does not name has the default of SPEC 8. */

/** A step with an undo. */
export function call(
  stepId: string,
  dependencies: readonly string[] = [],
  extra: Partial<Omit<CallStep, 'kind'>> = {},
): CallStep {
  return {
    kind: 'call',
    stepId,
    stepName: `Step ${stepId}`,
    dependencies,
    condition: null,
    optional: false,
    serviceName: 'inventory-service',
    operation: `do-${stepId}`,
    http: null,
    input: {},
    timeoutMs: null,
    retry: RETRY_POLICIES.default,
    failWhen: null,
    pivot: false,
    completion: { mode: 'call' },
    compensation: {
      strategy: 'REVERSE_OPERATION',
      operation: `undo-${stepId}`,
      http: null,
      input: {},
    },
    ...extra,
  };
}

/** Completion by event `Done`, whose key is in the reply at `/of`; `Broken` fails the step. */
export function byEvent(extra: Partial<EventCompletion> = {}): EventCompletion {
  return {
    mode: 'event',
    event: 'Done',
    correlationKey: { $from: '/reply/of' },
    failOn: ['Broken'],
    timeoutMs: 60_000,
    ...extra,
  };
}

/** A step that only reads: nothing to undo. */
export function read(
  stepId: string,
  dependencies: readonly string[] = [],
  extra: Partial<Omit<CallStep, 'kind'>> = {},
): CallStep {
  return call(stepId, dependencies, { compensation: { strategy: 'NONE' }, ...extra });
}

/** A point of no return. */
export function pivot(
  stepId: string,
  dependencies: readonly string[] = [],
  extra: Partial<Omit<CallStep, 'kind'>> = {},
): CallStep {
  return read(stepId, dependencies, { pivot: true, ...extra });
}

export function wait(
  stepId: string,
  dependencies: readonly string[],
  how: WaitStep['wait'],
  extra: Partial<Omit<WaitStep, 'kind'>> = {},
): WaitStep {
  return {
    kind: 'wait',
    stepId,
    stepName: `Step ${stepId}`,
    dependencies,
    condition: null,
    optional: false,
    wait: how,
    ...extra,
  };
}

export const NO_RETRY = { retries: 0, initialDelayMs: 1, maxDelayMs: 1, multiplier: 1 } as const;

export function definitionOf(
  steps: readonly StepDefinition[],
  extra: Partial<WorkflowDefinition> = {},
): WorkflowDefinition {
  return {
    definitionId: 'tested',
    version: 1,
    workflowType: 'ORDER_FULFILLMENT',
    name: 'Tested',
    timeoutMs: 300_000,
    onFailure: 'compensate',
    inputSchema: null,
    lane: null,
    cutOffAt: null,
    steps,
    output: {},
    ...extra,
  };
}

export function creationOf(
  definition: WorkflowDefinition,
  extra: Partial<WorkflowCreation> = {},
): WorkflowCreation {
  return {
    definitionId: definition.definitionId,
    definitionVersion: definition.version,
    workflowName: 'a workflow',
    workflowType: definition.workflowType,
    priority: 'NORMAL',
    triggeredBy: 'a test',
    correlationId: null,
    input: {},
    waveless: false,
    maxRetries: 3,
    timeoutMs: definition.timeoutMs,
    callbackUrl: null,
    metadata: {},
    ...extra,
  };
}
