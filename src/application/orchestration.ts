import type { RebalanceResult } from '#application/commands/rebalance-system-load.ts';
import type { SystemEvent } from '#application/events/system-outbox.ts';
import type { BreakerStatus } from '#application/ports/service-caller.ts';
import type { LaneView, ReleaseView } from '#application/ports/release-board.ts';
import type { QueueDepth } from '#application/ports/job-queue.ts';
import type { LoadView } from '#application/ports/load-board.ts';
import type {
  FeedEvent,
  PageCursor,
  StoredDefinition,
  WorkflowCounts,
  WorkflowFilter,
} from '#application/ports/workflow-store.ts';
import type { Json, JsonObject } from '#domain/json.ts';
import type { WavelessPace } from '#domain/workflow/commands.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';
import type { Waiting } from '#domain/workflow/waiting-reason.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';
import type { WorkflowPriority, WorkflowType } from '#domain/workflow/vocabulary.ts';

/** What the API, the consumers and an embedding platform may ask of the engine. Expected refusals are values, never exceptions. */
export type Orchestration = {
  startWorkflow(request: StartWorkflowRequest): Promise<StartResult>;
  pauseWorkflow(id: string, by: Operator): Promise<CommandResult>;
  resumeWorkflow(id: string, by: Operator): Promise<CommandResult>;
  cancelWorkflow(id: string, by: Operator & { compensate: boolean }): Promise<CommandResult>;
  compensateWorkflow(id: string, by: Operator): Promise<CommandResult>;
  retryWorkflow(id: string, by: Operator): Promise<CommandResult>;
  /** Runs a FAILED step of a PAUSED or FAILED workflow, with corrected input where given. */
  executeStep(
    id: string,
    by: Operator & { stepId: string; inputData: JsonObject | null },
  ): Promise<CommandResult>;
  retryStep(id: string, by: Operator & { stepId: string }): Promise<CommandResult>;
  skipStep(id: string, by: Operator & { stepId: string }): Promise<CommandResult>;
  /** Puts a workflow into its lane; how fast that is released while it waits. */
  enableWaveless(id: string, pace: WavelessPace): Promise<CommandResult>;
  /** Takes some seconds: answers when the effect was measured. */
  rebalanceSystemLoad(targetUtilization: number | null): Promise<RebalanceResult>;

  getWorkflowById(id: string): Promise<WorkflowState | null>;
  getActiveWorkflows(
    filter: WorkflowFilter,
    after: PageCursor | null,
    limit: number,
  ): Promise<WorkflowPage>;
  /** The full log, internal events included; null: unknown workflow. */
  getWorkflowHistory(id: string): Promise<readonly RecordedEvent[] | null>;
  getSystemHealth(): Promise<SystemHealth>;
  getLoadMetrics(): Promise<EngineMetrics>;
  /** What the monitor knows; null: none is at work. */
  getSystemLoad(): Promise<LoadView | null>;
  /** The newest events that are no workflow's, oldest first. */
  getSystemEvents(): Promise<readonly SystemEvent[]>;
  getWaveless(): Promise<WavelessOverview>;
  /** Why a workflow, or which of its steps, waits; empty: all that can run does. */
  getWhy(state: WorkflowState): Promise<readonly Waiting[]>;

  /** Saves one version; `source` is untrusted JSON. */
  saveDefinition(source: unknown): Promise<SaveDefinitionResult>;
  findDefinition(definitionId: string, version: number | null): Promise<StoredDefinition | null>;
  listDefinitions(): Promise<readonly StoredDefinition[]>;
  retireDefinition(definitionId: string, version: number): Promise<boolean>;

  /** Events of all workflows after a position, oldest first; for streams. */
  readFeed(
    after: string | null,
    limit: number,
  ): Promise<{ readonly events: readonly FeedEvent[]; readonly position: string | null }>;
  feedEnd(): Promise<string | null>;
};

/** Who asks, and why. */
export type Operator = { readonly by: string; readonly reason: string };

export type StartWorkflowRequest = {
  /** `id` (newest version) or `id@version` */
  readonly workflowDefinitionId: string;
  readonly workflowName: string;
  readonly workflowType: WorkflowType;
  readonly triggeredBy: string;
  readonly correlationId: string | null;
  readonly inputParameters: JsonObject;
  readonly enableWaveless: boolean;
  readonly maxRetries: number;
  /** null: the definition's. */
  readonly timeoutMs: number | null;
  readonly priority: WorkflowPriority;
  readonly callbackUrl: string | null;
  readonly metadata: JsonObject;
  /** With a key, `render` makes the answer that is remembered and given again. */
  readonly idempotency: {
    readonly key: string;
    readonly fingerprint: string;
    readonly render: (state: WorkflowState) => Json;
  } | null;
};

export type FieldProblem = { readonly field: string; readonly message: string };

export type StartResult =
  | { readonly kind: 'started'; readonly state: WorkflowState }
  /** The same key and body as before: the first answer, as it was. */
  | { readonly kind: 'repeated'; readonly workflowId: string; readonly response: Json }
  | { readonly kind: 'key-reused'; readonly workflowId: string }
  | { readonly kind: 'invalid'; readonly problems: readonly FieldProblem[] };

export type CommandResult =
  | { readonly kind: 'done'; readonly state: WorkflowState }
  | { readonly kind: 'unknown-workflow' }
  | { readonly kind: 'invalid'; readonly problems: readonly FieldProblem[] }
  /** Not allowed in this state; nothing changed. */
  | {
      readonly kind: 'illegal';
      readonly status: string;
      readonly message: string;
      /** Names of the commands that are allowed now. */
      readonly allowed: readonly string[];
    };

export type WorkflowPage = {
  readonly items: readonly WorkflowState[];
  /** null: this is the last page. */
  readonly next: PageCursor | null;
};

export type SaveDefinitionResult =
  | { readonly kind: 'saved' | 'unchanged'; readonly definition: StoredDefinition }
  | { readonly kind: 'invalid'; readonly problems: readonly FieldProblem[] }
  /** That version exists with other content: versions are immutable. */
  | { readonly kind: 'conflict'; readonly definitionId: string; readonly version: number };

export type DependencyHealth = { readonly status: 'UP' | 'DOWN'; readonly why: string | null };

export type BreakerReport = BreakerStatus & {
  /** Jobs that wait behind it; null: the queue can't say. */
  readonly parked: number | null;
};

export type SystemHealth = {
  readonly status: 'UP' | 'DEGRADED' | 'DOWN';
  readonly version: string;
  /** null: the store can't say. */
  readonly counts: WorkflowCounts | null;
  /** 0..100 */
  readonly systemUtilization: number;
  readonly dependencies: Readonly<Record<string, DependencyHealth>>;
  readonly breakers: readonly BreakerReport[];
  /** What has still to go out to the bus; null: there is none, or the store can't say. */
  readonly eventBacklog: EventBacklog | null;
  readonly at: number;
};

export type EventBacklog = {
  /** Events of the log, internal ones included; about, where the store can't count cheaply. */
  readonly events: number;
  /** Since when the oldest of them waits; 0: none does. */
  readonly ageMs: number;
};

/** Continuous release at a glance. */
export type WavelessOverview = {
  /** epoch ms */
  readonly at: number;
  /** Orders that wait. */
  readonly backlog: Readonly<Record<WorkflowPriority, number>>;
  /** One per group of lanes that is being released; null: Redis can't say. */
  readonly releasers: readonly ReleaseView[] | null;
  readonly lanes: readonly LaneView[];
};

export type EngineMetrics = {
  readonly counts: WorkflowCounts;
  /** Jobs waiting, delayed and active over all queues; null: Redis can't say. */
  readonly queues: readonly QueueDepth[] | null;
  /** 0..1, of all services; while no monitor is at work, of this process */
  readonly systemLoad: number;
  /** What the monitor knows; null: none is at work. */
  readonly load: LoadView | null;
  readonly additional: Readonly<Record<string, number>>;
};
