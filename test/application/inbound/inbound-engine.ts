import { randomUUID } from 'node:crypto';
import { createStepEvents } from '#application/awaited/step-events.ts';
import { cancelWorkflow } from '#application/commands/cancel-workflow.ts';
import { compensateWorkflow } from '#application/commands/compensate-workflow.ts';
import { startWorkflow } from '#application/commands/start-workflow.ts';
import { createDefinitionCatalog } from '#application/definition-catalog.ts';
import { readTriggers } from '#application/inbound/read-triggers.ts';
import type { ReceiveParts } from '#application/inbound/receive-event.ts';
import type { EngineStore } from '#application/ports/engine-store.ts';
import type { JobQueue } from '#application/ports/job-queue.ts';
import { createStateCache } from '#application/state-cache.ts';
import { createWorkflows, type Workflows } from '#application/workflows.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';

export const ORDERS = 'fulfillment.order_management.v1.events';

/** Triggers of each kind, on orders of three fields. */
export const TRIGGERS = {
  bare: { 'bare.orders': { id: '/meta/id', type: '/meta/kind', data: '/body' } },
  triggers: [
    {
      name: 'order-validated',
      topic: ORDERS,
      type: 'com.example.fulfillment.order.validated',
      action: 'start',
      key: '/order/order_id',
      workflowDefinitionId: 'order-fulfillment',
      workflowType: 'ORDER_FULFILLMENT',
      priority: { $from: '/data/order/priority', $default: 'NORMAL' },
      input: {
        orderId: { $from: '/key' },
        customer: { $from: '/data/order/customer' },
        from: { $from: '/event/source' },
      },
    },
    {
      name: 'order-invalidated',
      topic: ORDERS,
      type: 'com.example.fulfillment.order.invalidated',
      action: 'cancel',
      key: '/order/order_id',
      workflowType: 'ORDER_FULFILLMENT',
      ifNone: 'ignore',
    },
    {
      name: 'order-cancelled',
      topic: ORDERS,
      type: 'com.example.fulfillment.order.cancelled',
      action: 'cancel-or-compensate',
      key: '/order/order_id',
      workflowType: 'ORDER_FULFILLMENT',
    },
    {
      name: 'order-undone',
      topic: ORDERS,
      type: 'com.example.fulfillment.order.undone',
      action: 'compensate',
      key: '/order/order_id',
      workflowType: 'ORDER_FULFILLMENT',
    },
    { name: 'order-other', topic: ORDERS, type: 'com.example.fulfillment.*', action: 'ignore' },
    {
      name: 'task-completed',
      topic: 'task.completed',
      action: 'step',
      service: 'warehouse-operations-service',
      event: 'TaskCompleted',
      key: '/taskId',
      parkMs: 60_000,
    },
    {
      name: 'bare-order',
      topic: 'bare.orders',
      type: 'validated',
      action: 'start',
      key: ['/id', '/site'],
      workflowDefinitionId: 'order-fulfillment',
      workflowType: 'ORDER_FULFILLMENT',
      input: { orderId: { $from: '/key' }, customer: 'unknown' },
    },
  ],
};

/** One step that waits for a day: its workflow goes on until somebody ends it. */
const DEFINITION = {
  definitionId: 'order-fulfillment',
  version: 1,
  workflowType: 'ORDER_FULFILLMENT',
  name: 'Orders',
  inputSchema: { type: 'object', properties: { orderId: { type: 'string', maxLength: 64 } } },
  steps: [{ stepId: 'hold', wait: { durationMs: 86_400_000 } }],
};

/** What receives events, on a store: real use cases, and a fake queue that runs nothing. */
export async function inboundEngine(
  store: EngineStore,
  now: () => number = Date.now,
): Promise<ReceiveParts & { readonly workflows: Workflows; readonly store: EngineStore }> {
  const { definitionId, version } = DEFINITION;
  await store.saveDefinition({ definitionId, version, source: DEFINITION, createdAt: now() });
  const definitions = createDefinitionCatalog(store, { find: () => undefined });
  const clock = { now, elapsed: () => performance.now() };
  const logger = recordingLogger();
  const workflows = createWorkflows({
    store,
    definitions,
    clock,
    queue: idleQueue,
    cache: createStateCache(0),
    logger,
    dispatchSlackMs: 10_000,
    handOver: 'commit',
  });
  const read = readTriggers(TRIGGERS);
  if (read.kind === 'invalid') throw new Error(read.faults.join('\n'));
  return {
    store,
    clock,
    workflows,
    triggers: read.triggers,
    stepEvents: createStepEvents({ workflows, store, clock, logger }),
    orchestration: {
      startWorkflow: startWorkflow({
        workflows,
        definitions,
        store,
        releaseBoard: { ring: async () => {} },
        lanes: { named: [], find: () => ({ cap: 10, weight: 1 }) },
        clock,
        ids: { next: randomUUID },
      }),
      cancelWorkflow: cancelWorkflow(workflows),
      compensateWorkflow: compensateWorkflow(workflows),
    },
  };
}

/** A fake. */
const idleQueue: JobQueue = {
  dispatch: async () => {},
  areAlive: async (jobs) => jobs.map(() => true),
  depths: async () => [],
  ping: async () => {},
  close: async () => {},
};
