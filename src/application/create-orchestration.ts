import { cancelWorkflow } from '#application/commands/cancel-workflow.ts';
import { compensateWorkflow } from '#application/commands/compensate-workflow.ts';
import { enableWaveless } from '#application/commands/enable-waveless.ts';
import { executeStep } from '#application/commands/execute-step.ts';
import { pauseWorkflow } from '#application/commands/pause-workflow.ts';
import { rebalanceSystemLoad } from '#application/commands/rebalance-system-load.ts';
import { resumeWorkflow } from '#application/commands/resume-workflow.ts';
import { retryStep } from '#application/commands/retry-step.ts';
import { retryWorkflow } from '#application/commands/retry-workflow.ts';
import { saveDefinition } from '#application/commands/save-definition.ts';
import { skipStep } from '#application/commands/skip-step.ts';
import { startWorkflow } from '#application/commands/start-workflow.ts';
import type { DefinitionCatalog } from '#application/definition-catalog.ts';
import type { Orchestration } from '#application/orchestration.ts';
import type { BreakerBoard } from '#application/ports/breaker-board.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { IdGenerator } from '#application/ports/id-generator.ts';
import type { JobQueue } from '#application/ports/job-queue.ts';
import type { LoadBoard } from '#application/ports/load-board.ts';
import type { CursorStore } from '#application/ports/cursor-store.ts';
import type { ProcessLoad } from '#application/ports/process-load.ts';
import type { QueueInsight } from '#application/ports/queue-insight.ts';
import type { ReleaseBoard } from '#application/ports/release-board.ts';
import type { ReleaseQueue } from '#application/ports/release-queue.ts';
import type { ServiceCaller } from '#application/ports/service-caller.ts';
import type { DefinitionStore, WorkflowStore } from '#application/ports/workflow-store.ts';
import { getActiveWorkflows } from '#application/queries/get-active-workflows.ts';
import { getLoadMetrics } from '#application/queries/get-load-metrics.ts';
import { getSystemHealth, type BusWatch } from '#application/queries/get-system-health.ts';
import { getSystemEvents } from '#application/queries/get-system-events.ts';
import { getSystemLoad } from '#application/queries/get-system-load.ts';
import { getWhy } from '#application/queries/get-why.ts';
import { getWaveless } from '#application/queries/get-waveless.ts';
import { getWorkflowById } from '#application/queries/get-workflow-by-id.ts';
import { getWorkflowHistory } from '#application/queries/get-workflow-history.ts';
import type { LaneRules } from '#application/waveless/lane-rules.ts';
import type { Workflows } from '#application/workflows.ts';

/** All that the use cases need, wired by the composition. */
export type OrchestrationParts = {
  readonly workflows: Workflows;
  readonly definitions: DefinitionCatalog;
  readonly store: WorkflowStore & DefinitionStore & ReleaseQueue & CursorStore;
  readonly releaseBoard: ReleaseBoard;
  readonly lanes: LaneRules;
  readonly insight: QueueInsight;
  readonly queue: JobQueue;
  readonly services: ServiceCaller;
  readonly breakerBoard: BreakerBoard;
  readonly loadBoard: LoadBoard;
  /** Resolves after this long, ms. */
  readonly pause: (ms: number) => Promise<void>;
  readonly load: ProcessLoad;
  readonly clock: Clock;
  /** null: there is no bus. */
  readonly bus: BusWatch | null;
  readonly ids: IdGenerator;
  readonly version: string;
};

/** The engine's face to API, consumers and embedding platforms: every use case, ready to be called. */
export function createOrchestration(parts: OrchestrationParts): Orchestration {
  const { workflows, store } = parts;
  const readLoad = getSystemLoad(parts);
  return {
    startWorkflow: startWorkflow(parts),
    pauseWorkflow: pauseWorkflow(workflows),
    resumeWorkflow: resumeWorkflow(workflows),
    cancelWorkflow: cancelWorkflow(workflows),
    compensateWorkflow: compensateWorkflow(workflows),
    retryWorkflow: retryWorkflow(workflows),
    executeStep: executeStep(workflows),
    retryStep: retryStep(workflows),
    skipStep: skipStep(workflows),
    enableWaveless: enableWaveless(workflows, parts.lanes),
    rebalanceSystemLoad: rebalanceSystemLoad(parts),
    getWorkflowById: getWorkflowById(workflows),
    getActiveWorkflows: getActiveWorkflows(store, workflows),
    getWorkflowHistory: getWorkflowHistory(store),
    getSystemHealth: getSystemHealth({ ...parts, getSystemLoad: readLoad }),
    getLoadMetrics: getLoadMetrics({ ...parts, getSystemLoad: readLoad }),
    getSystemLoad: readLoad,
    getSystemEvents: getSystemEvents({ store, getSystemLoad: readLoad }),
    getWaveless: getWaveless(parts),
    getWhy: getWhy(parts),
    saveDefinition: saveDefinition(parts),
    findDefinition: (definitionId, version) => store.findDefinition(definitionId, version),
    listDefinitions: () => store.listDefinitions(),
    retireDefinition: (definitionId, version) => store.retireDefinition(definitionId, version),
    readFeed: (after, limit) => store.readFeed(after, limit),
    feedEnd: () => store.feedEnd(),
  };
}
