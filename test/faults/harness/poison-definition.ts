import type { JsonObject } from '#domain/json.ts';
import type { Order } from './place-starts.ts';

export const POISON_STEP = 'poison';

/** An effect that has to be undone, and then a step that no worker survives. */
export const poisonDefinition: JsonObject = {
  definitionId: 'fault-poison',
  version: 1,
  workflowType: 'SHIPPING',
  name: 'A load that is poison',
  timeoutMs: 3_600_000,
  steps: [
    {
      stepId: 'create-load',
      serviceName: 'transportation-management',
      operation: 'createLoad',
      http: { method: 'POST', path: '/loads' },
      input: { shipmentIds: [{ $from: '/input/shipmentId' }] },
      compensation: {
        strategy: 'DELETE_CREATED',
        operation: 'deleteLoad',
        http: { method: 'DELETE', path: '/loads/{loadId}' },
        input: { loadId: { $from: '/steps/create-load/output/loadId' } },
      },
    },
    {
      stepId: POISON_STEP,
      serviceName: 'carrier-integration',
      operation: 'assignCarrier',
      http: { method: 'PUT', path: '/loads/{loadId}/carrier' },
      dependencies: ['create-load'],
      input: { loadId: { $from: '/steps/create-load/output/loadId' }, carrier: 'DHL' },
      compensation: {
        strategy: 'REVERSE_OPERATION',
        operation: 'unassignCarrier',
        http: { method: 'DELETE', path: '/loads/{loadId}/carrier' },
        input: { loadId: { $from: '/steps/create-load/output/loadId' } },
      },
    },
  ],
  output: {},
};

/** A workflow that has to fail, and be undone. */
export function poisonOrder(correlationId: string): Order {
  return {
    ending: 'COMPENSATED',
    body: {
      workflowDefinitionId: 'fault-poison',
      workflowName: 'A load that is poison',
      workflowType: 'SHIPPING',
      triggeredBy: 'fault suite',
      correlationId,
      inputParameters: { shipmentId: 'SHP-1' },
    },
  };
}
