import { createMemoryLoadBoard } from '#adapters/memory/load-board.ts';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import { advance, type Advance } from '#application/advance.ts';
import type { CallTools } from '#application/calls/call-tools.ts';
import { forgettingWaits } from '#application/awaited/forget-waits.ts';
import { createStepEvents, type StepEvents } from '#application/awaited/step-events.ts';
import { createOrchestration } from '#application/create-orchestration.ts';
import type { HandOver } from '#application/dispatch.ts';
import { createDefinitionCatalog } from '#application/definition-catalog.ts';
import { receiveEvent, type ReceiveEvent } from '#application/inbound/receive-event.ts';
import type { Triggers } from '#application/inbound/trigger.ts';
import type { BusWatch } from '#application/queries/get-system-health.ts';
import type { Orchestration, StartWorkflowRequest } from '#application/orchestration.ts';
import type { Clock, SteadyClock } from '#application/ports/clock.ts';
import type { JobQueue, StepJobPayload } from '#application/ports/job-queue.ts';
import type { ServiceCaller } from '#application/ports/service-caller.ts';
import type { EngineStore } from '#application/ports/engine-store.ts';
import { reconciler, type SweepResult } from '#application/reconcile.ts';
import type { WorkflowLocks } from '#application/ports/workflow-locks.ts';
import type { StateExchange } from '#application/shared-state.ts';
import { createStateCache } from '#application/state-cache.ts';
import { createWorkflows, type Workflows } from '#application/workflows.ts';
import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import { authoredOf } from '#test/support/authored-of.ts';
import { createFakeClock, type FakeClock } from '#test/support/fake-clock.ts';
import { createFakeJobQueue, type FakeJobQueue } from '#test/support/fake-job-queue.ts';
import { recordingLogger, type RecordingLogger } from '#test/support/recording-logger.ts';
import { createScriptedServices, type ScriptedServices } from '#test/support/scripted-services.ts';

/** How long a job of these tests may take before the reconciler asks for it. */
export const SLACK_MS = 10_000;

/** The service that the definitions of these tests name. */
export const SERVICE = 'inventory-service';

/** What the processes of a test share: the real store in memory, and fakes of all that is outside. */
export type EngineWorld = {
  readonly clock: FakeClock;
  readonly store: EngineStore;
  readonly queue: FakeJobQueue;
  readonly services: ScriptedServices;
  readonly logger: RecordingLogger;
};

export function createEngineWorld(): EngineWorld {
  const clock = createFakeClock();
  const store = createMemoryStore();
  const queue = createFakeJobQueue(clock);
  const services = createScriptedServices(SERVICE);
  return { clock, store, queue, services, logger: recordingLogger() };
}

/** The application as one process has it: the real thing, with a cache of its own. */
export type EngineProcess = {
  readonly workflows: Workflows;
  readonly stepEvents: StepEvents;
  readonly orchestration: Orchestration;
  /** @param takenBefore by default where it has stalled */
  advance(job: StepJobPayload, stalls?: number, takenBefore?: boolean): Promise<Advance>;
  /** An event of another system comes. */
  readonly receive: ReceiveEvent;
  /** One sweep of the reconciler. */
  sweep(limit?: number): Promise<SweepResult>;
};

export function startProcess(
  world: {
    readonly clock: Clock & SteadyClock;
    readonly store: EngineStore;
    readonly queue: JobQueue;
    readonly services: ServiceCaller;
    readonly logger: RecordingLogger;
  },
  {
    cachedStates = 100,
    pause,
    bus = null,
    handOver = 'commit',
    triggers = { list: [], bare: new Map() },
    ...sharing
  }: {
    readonly cachedStates?: number;
    readonly pause?: CallTools['pause'];
    readonly bus?: BusWatch | null;
    readonly exchange?: StateExchange;
    readonly locks?: WorkflowLocks;
    readonly handOver?: HandOver;
    readonly triggers?: Triggers;
  } = {},
): EngineProcess {
  const { store, services } = world;
  const definitions = createDefinitionCatalog(store, {
    find: (name) => (services.catalogue().has(name) ? { name, timeoutMs: 5000 } : undefined),
  });
  const cache = createStateCache(cachedStates);
  const parts = { ...world, definitions, cache, dispatchSlackMs: SLACK_MS, handOver, ...sharing };
  const workflows = forgettingWaits({ ...world, workflows: createWorkflows(parts) });
  const stepEvents = createStepEvents({ ...world, workflows });
  const tools = { ...world, workflows, stepEvents, ...(pause === undefined ? {} : { pause }) };
  const sweep = reconciler({ ...parts, workflows, stepEvents });
  const orchestration = createOrchestration({
    ...parts,
    workflows,
    loadBoard: createMemoryLoadBoard(world.clock),
    pause: async () => {},
    breakerBoard: { read: async () => [] },
    releaseBoard: { publish: async () => true, views: async () => [], ring: async () => {} },
    insight: { look: async () => null },
    lanes: {
      named: ['A', 'empty'],
      find: (lane) => (lane === 'closed' ? null : { cap: 10, weight: 1 }),
    },
    load: { utilization: () => 0.25, figures: () => ({ residentBytes: 1000 }) },
    ids: { next: () => crypto.randomUUID() },
    bus,
    version: '1.2.3',
  });
  return {
    workflows,
    stepEvents,
    orchestration,
    receive: receiveEvent({ ...world, triggers, orchestration, stepEvents }),
    advance: (job, stalls = 0, takenBefore = stalls > 0) =>
      advance(tools, job, { stalls, takenBefore }),
    sweep: (limit = 100) => sweep(limit),
  };
}

/** A request for a workflow on this definition; what is not given has the default of SPEC 5. */
export function requestFor(
  definition: WorkflowDefinition,
  changes: Partial<StartWorkflowRequest> = {},
): StartWorkflowRequest {
  return {
    workflowDefinitionId: definition.definitionId,
    workflowName: 'tested',
    workflowType: definition.workflowType,
    triggeredBy: 'a test',
    correlationId: null,
    inputParameters: {},
    enableWaveless: false,
    maxRetries: 3,
    timeoutMs: null,
    priority: 'NORMAL',
    callbackUrl: null,
    metadata: {},
    idempotency: null,
    ...changes,
  };
}

/** Saves the definition and starts a workflow on it. @returns the workflow's id */
export async function begin(
  { orchestration }: EngineProcess,
  definition: WorkflowDefinition,
  changes: Partial<StartWorkflowRequest> = {},
): Promise<string> {
  const saved = await orchestration.saveDefinition(authoredOf(definition));
  if (saved.kind === 'invalid') throw new Error(JSON.stringify(saved.problems));
  const result = await orchestration.startWorkflow(requestFor(definition, changes));
  if (result.kind !== 'started') throw new Error(JSON.stringify(result));
  return result.state.workflowId;
}

/** Brings the job to the process, and tells the queue what became of it. */
export async function deliver(
  { queue }: EngineWorld,
  process: EngineProcess,
  job: FakeJobQueue['jobs'][number],
): Promise<Advance> {
  queue.take(job);
  const outcome = await process.advance(job, job.stalls);
  queue.settle(job, outcome);
  return outcome;
}

/** Lets the process work until no job is ready. Time stands still. */
export async function work(world: EngineWorld, process: EngineProcess): Promise<void> {
  for (;;) {
    const job = world.queue.ready()[0];
    if (job === undefined) return;
    await deliver(world, process, job);
  }
}
