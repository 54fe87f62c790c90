import { randomUUID } from 'node:crypto';
import type {
  CommandResult,
  Orchestration,
  StartWorkflowRequest,
} from '#application/orchestration.ts';
import type { FeedEvent, StoredDefinition } from '#application/ports/workflow-store.ts';
import { isJsonObject, type Json } from '#domain/json.ts';
import { evolve } from '#domain/workflow/evolve.ts';
import type { WorkflowCreation, WorkflowEvent } from '#domain/workflow/events.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';
import type { WorkflowStatus } from '#domain/workflow/vocabulary.ts';
import {
  FAKE_COUNTS,
  FAKE_CREATION,
  FAKE_DEFINITION,
  FAKE_EPOCH,
} from '#test/support/fake-workflow.ts';

export type FakeOrchestration = { -readonly [M in keyof Orchestration]: Orchestration[M] } & {
  /** Makes a workflow that is EXECUTING. @returns its id */
  begin(creation?: Partial<WorkflowCreation>): string;
  /** Appends to the log of a workflow, and to the feed. */
  record(workflowId: string, ...events: WorkflowEvent[]): WorkflowState;
};

/**
 * A fake of the engine for tests of its API: keeps real logs and states in memory, runs nothing.
 * Commands know the statuses they are allowed from and nothing more. A test may replace any method.
 */
export function createFakeOrchestration(): FakeOrchestration {
  const states = new Map<string, WorkflowState>();
  const feed: FeedEvent[] = [];
  const definitions: StoredDefinition[] = [];
  const answered = new Map<string, { fingerprint: string; workflowId: string; response: Json }>();

  const record = (workflowId: string, ...events: WorkflowEvent[]): WorkflowState => {
    let state = states.get(workflowId) ?? null;
    for (const event of events) {
      const version = (state?.version ?? 0) + 1;
      const recorded = { workflowId, version, occurredAt: FAKE_EPOCH + feed.length * 1000, event };
      state = evolve(state, recorded, FAKE_DEFINITION);
      feed.push({ ...recorded, position: `p${feed.length + 1}` });
    }
    if (state === null) throw new Error('record at least one event');
    states.set(workflowId, state);
    return state;
  };

  const begin = (creation: Partial<WorkflowCreation> = {}): string => {
    const workflowId = randomUUID();
    record(workflowId, { ...FAKE_CREATION, ...creation }, started());
    return workflowId;
  };

  const command = async (
    id: string,
    from: readonly WorkflowStatus[],
    ...events: WorkflowEvent[]
  ): Promise<CommandResult> => {
    const state = states.get(id);
    if (state === undefined) return { kind: 'unknown-workflow' };
    if (from.includes(state.status)) return { kind: 'done', state: record(id, ...events) };
    const message = `not allowed: the workflow is ${state.status}`;
    return { kind: 'illegal', status: state.status, message, allowed: ['cancel'] };
  };

  const repair: readonly WorkflowStatus[] = ['PAUSED', 'FAILED'];

  return {
    begin,
    record,
    async startWorkflow(request) {
      const { idempotency } = request;
      const earlier = idempotency && answered.get(idempotency.key);
      if (earlier) {
        if (earlier.fingerprint !== idempotency.fingerprint) {
          return { kind: 'key-reused', workflowId: earlier.workflowId };
        }
        return { kind: 'repeated', workflowId: earlier.workflowId, response: earlier.response };
      }
      if (!request.workflowDefinitionId.startsWith(FAKE_DEFINITION.definitionId)) {
        const message = `there is no definition ${request.workflowDefinitionId}`;
        return { kind: 'invalid', problems: [{ field: 'workflowDefinitionId', message }] };
      }
      const workflowId = begin(creationOf(request));
      const state = record(workflowId);
      if (idempotency) {
        const { key, fingerprint } = idempotency;
        answered.set(key, { fingerprint, workflowId, response: idempotency.render(state) });
      }
      return { kind: 'started', state };
    },
    pauseWorkflow: (id, { by, reason }) =>
      command(id, ['EXECUTING'], {
        type: 'WorkflowPaused',
        reason,
        pausedBy: by,
        currentStepId: 'validate-order',
      }),
    resumeWorkflow: (id, { by }) =>
      command(id, ['PAUSED'], {
        type: 'WorkflowResumed',
        resumedBy: by,
        resumeFromStepId: 'validate-order',
        deadlineAt: FAKE_EPOCH + 600_000,
      }),
    cancelWorkflow: (id, { by, reason }) =>
      command(id, ['PENDING', 'EXECUTING', 'PAUSED'], {
        type: 'WorkflowCancelled',
        reason,
        cancelledBy: by,
      }),
    compensateWorkflow: (id, { reason }) =>
      command(id, ['FAILED', 'EXECUTING', 'PAUSED'], {
        type: 'WorkflowCompensationStarted',
        reason,
        stepsToCompensate: [],
        drainUntil: null,
      }),
    retryWorkflow: (id, { reason }) =>
      command(id, ['FAILED'], {
        type: 'WorkflowRetry',
        retryAttempt: 1,
        maxRetries: 3,
        reason,
        deadlineAt: FAKE_EPOCH + 600_000,
      }),
    executeStep: (id, { by, stepId, inputData }) =>
      command(id, repair, {
        type: 'StepExecutionRequested',
        stepId,
        requestedBy: by,
        inputData,
      }),
    retryStep: (id, { by, stepId }) =>
      command(id, repair, { type: 'StepRetryRequested', stepId, requestedBy: by }),
    skipStep: (id, { reason, stepId }) =>
      command(id, repair, { type: 'StepSkipped', stepId, cause: 'operator', reason }),
    enableWaveless: (id, pace) =>
      command(id, ['PENDING', 'EXECUTING', 'PAUSED'], {
        type: 'WavelessProcessingEnabled',
        ...pace,
      }),
    rebalanceSystemLoad: async () => ({ kind: 'nobody-answers' }),

    getWorkflowById: async (id) => states.get(id) ?? null,
    async getActiveWorkflows(filter, after, limit) {
      const all = [...states.values()]
        .filter(
          (state) =>
            (filter.status?.includes(state.status) ?? true) &&
            (filter.from === undefined || state.createdAt >= filter.from) &&
            (filter.to === undefined || state.createdAt < filter.to) &&
            (after === null || state.createdAt < after.createdAt),
        )
        .sort((left, right) => right.createdAt - left.createdAt);
      const items = all.slice(0, limit);
      const last = items.at(-1);
      const next = all.length > limit && last ? last : null;
      return { items, next: next && { createdAt: next.createdAt, workflowId: next.workflowId } };
    },
    async getWorkflowHistory(id) {
      const log = feed.filter(({ workflowId }) => workflowId === id);
      return log.length === 0 ? null : log.map(({ position: _, ...recorded }) => recorded);
    },
    getSystemHealth: async () => ({
      status: 'UP',
      version: '9.9.9',
      counts: FAKE_COUNTS,
      systemUtilization: 12.5,
      dependencies: { store: { status: 'UP', why: null } },
      eventBacklog: { events: 7, ageMs: 2500 },
      breakers: [],
      at: FAKE_EPOCH,
    }),
    getSystemLoad: async () => null,
    getSystemEvents: async () => [],
    getLoadMetrics: async () => ({
      counts: FAKE_COUNTS,
      queues: [
        {
          queue: 'steps.inventory-service',
          serviceName: 'inventory-service',
          waiting: 3,
          active: 2,
          delayed: 1,
          paused: false,
        },
        {
          queue: 'steps.picking-service',
          serviceName: 'picking-service',
          waiting: 4,
          active: 0,
          delayed: 0,
          paused: true,
        },
      ],
      systemLoad: 0.25,
      load: null,
      additional: { commitsPerSecond: 41 },
    }),

    getWhy: async ({ status }) =>
      status === 'EXECUTING'
        ? [
            {
              stepId: 'ship',
              reason: 'breaker-open',
              subject: 'steps.shipping',
              since: FAKE_EPOCH,
              until: FAKE_EPOCH + 60_000,
              estimatedAt: null,
              detail: 'the breaker of its service is open',
              action: 'the service recovers; it is probed then',
            },
          ]
        : [],
    getWaveless: async () => ({
      at: FAKE_EPOCH,
      backlog: { HIGH: 1, NORMAL: 2, LOW: 3 },
      releasers: [
        {
          group: 0,
          groups: 1,
          holdHigh: true,
          at: FAKE_EPOCH,
          batchSize: 10,
          intervalMs: 1000,
          paused: { since: FAKE_EPOCH, score: 96, errorRate: 0.1 },
          why: 'paused: load 96, 10 % errors',
          closed: [
            {
              serviceName: 'picking-service',
              why: 'its breaker is open',
              since: FAKE_EPOCH,
              until: FAKE_EPOCH + 60_000,
            },
          ],
          lanes: [],
        },
      ],
      lanes: [
        {
          lane: 'WH-1/A',
          cap: 40,
          weight: 2,
          inFlight: 7,
          waiting: { HIGH: 1, NORMAL: 2, LOW: 3 },
          oldestAt: FAKE_EPOCH,
          restsUntil: null,
        },
      ],
    }),

    async saveDefinition(source) {
      const { definitionId, version } = isJsonObject(source) ? source : {};
      if (typeof definitionId !== 'string' || typeof version !== 'number') {
        const message = 'is required';
        return { kind: 'invalid', problems: [{ field: 'definitionId', message }] };
      }
      const same = (each: StoredDefinition) =>
        each.definitionId === definitionId && each.version === version;
      const stored = definitions.find(same);
      if (stored && JSON.stringify(stored.source) === JSON.stringify(source)) {
        return { kind: 'unchanged', definition: stored };
      }
      if (stored) return { kind: 'conflict', definitionId, version };
      const definition: StoredDefinition = {
        definitionId,
        version,
        source: isJsonObject(source) ? JSON.parse(JSON.stringify(source)) : {},
        createdAt: FAKE_EPOCH,
        retired: false,
      };
      definitions.push(definition);
      return { kind: 'saved', definition };
    },
    findDefinition: async (definitionId, version) =>
      definitions.findLast(
        (each) =>
          each.definitionId === definitionId &&
          (version === null ? !each.retired : each.version === version),
      ) ?? null,
    listDefinitions: async () => definitions,
    async retireDefinition(definitionId, version) {
      const place = definitions.findIndex(
        (each) => each.definitionId === definitionId && each.version === version,
      );
      const found = definitions[place];
      if (found) definitions[place] = { ...found, retired: true };
      return found !== undefined;
    },

    async readFeed(after, limit) {
      const start = after === null ? 0 : feed.findIndex(({ position }) => position === after) + 1;
      const known = after === null || start > 0;
      const events = known ? feed.slice(start, start + limit) : [];
      return { events, position: events.at(-1)?.position ?? after };
    },
    feedEnd: async () => feed.at(-1)?.position ?? null,
  };
}

function started(): WorkflowEvent {
  return { type: 'WorkflowStarted', deadlineAt: FAKE_EPOCH + 300_000 };
}

function creationOf(request: StartWorkflowRequest): Partial<WorkflowCreation> {
  return {
    workflowName: request.workflowName,
    workflowType: request.workflowType,
    priority: request.priority,
    triggeredBy: request.triggeredBy,
    correlationId: request.correlationId,
    input: request.inputParameters,
    waveless: request.enableWaveless,
    maxRetries: request.maxRetries,
    timeoutMs: request.timeoutMs ?? FAKE_DEFINITION.timeoutMs,
    callbackUrl: request.callbackUrl,
    metadata: request.metadata,
  };
}
