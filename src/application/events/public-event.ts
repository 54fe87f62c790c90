import type { Json, JsonObject } from '#domain/json.ts';
import { DEFAULT_BATCH_SIZE, DEFAULT_INTERVAL_MS } from '#domain/policy/waveless.ts';
import {
  eventId,
  type EventOf,
  type RecordedEvent,
  type WorkflowEvent,
  type WorkflowEventType,
} from '#domain/workflow/events.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';
import type { WorkflowType } from '#domain/workflow/vocabulary.ts';

/** What a published event says of its workflow beside the logged fact. Nothing here changes once the workflow has started. */
export type EventContext = {
  readonly workflowDefinitionId: string;
  readonly workflowType: WorkflowType;
  readonly correlationId: string | null;
  readonly triggeredBy: string;
  readonly totalSteps: number;
  /** epoch ms; null: not started yet. */
  readonly startedAt: number | null;
};

/** An event of the log in the form that the world sees (SPEC 6). */
export type PublicEvent = {
  /** Suffix of the CloudEvents type, such as `workflow.started`; null: internal, never published. */
  readonly suffix: string | null;
  readonly data: JsonObject;
};

/** Suffixes of SPEC 6, by the name of the event; what is absent is internal. */
const SUFFIXES: Partial<Record<WorkflowEventType, string>> = {
  WorkflowStarted: 'workflow.started',
  WorkflowCompleted: 'workflow.completed',
  WorkflowFailed: 'workflow.failed',
  WorkflowPaused: 'workflow.paused',
  WorkflowResumed: 'workflow.resumed',
  WorkflowCancelled: 'workflow.cancelled',
  WorkflowRetry: 'workflow.retry',
  WorkflowStepExecuted: 'workflow.step.executed',
  WorkflowStepFailed: 'workflow.step.failed',
  WorkflowCompensationStarted: 'workflow.compensation.started',
  WorkflowCompensationCompleted: 'workflow.compensation.completed',
  WavelessProcessingEnabled: 'waveless.enabled',
};

/** The context of a workflow's events, from any state of it that is not older than the event. */
export function eventContext(state: WorkflowState): EventContext {
  return {
    workflowDefinitionId: state.definitionId,
    workflowType: state.workflowType,
    correlationId: state.correlationId,
    triggeredBy: state.triggeredBy,
    totalSteps: state.definition.steps.length,
    startedAt: state.startedAt,
  };
}

/** The suffix of an event's CloudEvents type; null for an internal event. */
export function publishedSuffix(type: WorkflowEventType): string | null {
  return SUFFIXES[type] ?? null;
}

/** Only these need an EventContext: a relay saves itself the look-up for all others. */
export function needsContext(type: WorkflowEventType): boolean {
  return type === 'WorkflowStarted' || type === 'WorkflowCompleted';
}

/**
 * The public form of an event: exactly the fields of SPEC 6 for a published one, every logged field for an internal one; times ISO 8601.
 * @param context may be null where `needsContext` says no
 * @throws Error when a needed context is missing
 */
export function toPublicEvent(recorded: RecordedEvent, context: EventContext | null): PublicEvent {
  const { event } = recorded;
  return {
    suffix: publishedSuffix(event.type),
    data: { ...baseData(recorded), ...specificData(event, recorded, context) },
  };
}

/** What every event has. */
function baseData(recorded: RecordedEvent) {
  return {
    eventId: eventId(recorded),
    eventType: recorded.event.type,
    occurredAt: iso(recorded.occurredAt),
    aggregateId: recorded.workflowId,
    version: recorded.version,
    workflowInstanceId: recorded.workflowId,
  };
}

/** An event none of whose logged fields would hide one of the base: the compiler sees to it. */
type Internal = WorkflowEvent & { readonly [name in keyof ReturnType<typeof baseData>]?: never };

function specificData(
  event: WorkflowEvent,
  recorded: RecordedEvent,
  context: EventContext | null,
): JsonObject {
  const at = iso(recorded.occurredAt);
  switch (event.type) {
    case 'WorkflowStarted': {
      const { workflowDefinitionId, workflowType, correlationId, triggeredBy } = present(context);
      return { workflowDefinitionId, workflowType, startedAt: at, correlationId, triggeredBy };
    }
    case 'WorkflowCompleted': {
      const { startedAt, totalSteps } = present(context);
      const executionDurationMs =
        startedAt === null ? null : Math.max(0, recorded.occurredAt - startedAt);
      return { completedAt: at, executionDurationMs, totalSteps, outputParameters: event.output };
    }
    case 'WorkflowFailed': {
      const { errorMessage, failedStepId, errorCode, retryable, compensationRequired } = event;
      return {
        failedAt: at,
        errorMessage,
        failedStepId,
        errorCode,
        retryable,
        compensationRequired,
      };
    }
    case 'WorkflowPaused': {
      const { reason, currentStepId, pausedBy } = event;
      return { pausedAt: at, reason, currentStepId, pausedBy };
    }
    case 'WorkflowResumed': {
      const { resumeFromStepId, resumedBy } = event;
      return { resumedAt: at, resumeFromStepId, resumedBy };
    }
    case 'WorkflowCancelled':
      return { cancelledAt: at, reason: event.reason, cancelledBy: event.cancelledBy };
    case 'WorkflowRetry': {
      const { retryAttempt, maxRetries, reason } = event;
      // A retry of the workflow begins with its event: it is due at once.
      return { retryAttempt, maxRetries, retryReason: reason, nextRetryAt: at };
    }
    case 'WorkflowStepExecuted':
      return stepExecuted(event, at);
    case 'WorkflowStepFailed':
      return stepFailed(event, at);
    case 'WorkflowCompensationStarted': {
      const { reason, stepsToCompensate } = event;
      return { startedAt: at, reason, stepsToCompensate };
    }
    case 'WorkflowCompensationCompleted': {
      const { compensatedStepIds, successful, errorMessage } = event;
      const compensatedSteps = compensatedStepIds.length;
      return { completedAt: at, compensatedSteps, compensatedStepIds, successful, errorMessage };
    }
    case 'WavelessProcessingEnabled':
      return {
        enabledAt: at,
        batchSize: event.batchSize ?? DEFAULT_BATCH_SIZE,
        processingIntervalMs: event.processingIntervalMs ?? DEFAULT_INTERVAL_MS,
      };
    default:
      return internalData(event);
  }
}

function stepExecuted(event: EventOf<'WorkflowStepExecuted'>, at: string): JsonObject {
  const { stepId, stepName, output, executionTimeMs } = event;
  const result = { success: true, outputData: output, executionTimeMs };
  return { stepId, stepName, executedAt: at, result };
}

function stepFailed(event: EventOf<'WorkflowStepFailed'>, at: string): JsonObject {
  const { stepId, stepName, errorCode, errorMessage, attempt, nextRetryAt } = event;
  return {
    stepId,
    stepName,
    failedAt: at,
    errorCode,
    errorMessage,
    retryAttempt: attempt,
    willRetry: nextRetryAt !== null,
  };
}

/** Every logged field but the type; by the log's naming rule, numbers called `...At` or `...Until` are epoch ms. */
function internalData(event: Internal): JsonObject {
  const fields: [string, Json][] = [];
  for (const [name, value] of Object.entries<Json>(event)) {
    if (name === 'type') continue;
    const isTime = typeof value === 'number' && /(?:At|Until)$/.test(name);
    fields.push([name, isTime ? iso(value) : value]);
  }
  return Object.fromEntries(fields);
}

function present(context: EventContext | null): EventContext {
  if (context === null) throw new Error('this event can not be published without its context');
  return context;
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
