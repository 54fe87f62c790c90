import { randomUUID } from 'node:crypto';
import type { JsonObject } from '#domain/json.ts';
import type { StartBody } from '../../../scripts/processes/engine-api.ts';

/** An order of two lines for `order-fulfillment`, under a correlation id of its own by which faults can be scripted. */
export function orderBody(changes: Partial<StartBody> = {}): StartBody & { correlationId: string } {
  const orderId = `ORD-${randomUUID()}`;
  return {
    workflowDefinitionId: 'order-fulfillment',
    workflowName: `Order ${orderId}`,
    workflowType: 'ORDER_FULFILLMENT',
    triggeredBy: 'e2e',
    inputParameters: {
      orderId,
      customerId: 'C-17850',
      country: 'Germany',
      export: true,
      gift: false,
      qcRequired: false,
      warehouseId: 'WH-1',
      zone: 'A',
      carrier: 'DPD',
      currency: 'GBP',
      totalValue: 35.64,
      lines: [
        { sku: '85123A', description: 'Hanging heart', quantity: 6, unitPrice: 2.55 },
        { sku: '71053', description: 'Metal lantern', quantity: 6, unitPrice: 3.39 },
      ],
    },
    ...changes,
    correlationId: orderId,
  };
}

/** An order to be picked, for `picking`. */
export function pickingBody(input: JsonObject = {}): StartBody & { correlationId: string } {
  const orderId = `ORD-${randomUUID()}`;
  return {
    workflowDefinitionId: 'picking',
    workflowName: `Pick ${orderId}`,
    workflowType: 'PICKING',
    triggeredBy: 'e2e',
    inputParameters: {
      orderId,
      warehouseId: 'WH-1',
      zone: 'A',
      strategy: 'DISCRETE',
      lines: [{ sku: '85123A', quantity: 6 }],
      ...input,
    },
    correlationId: orderId,
  };
}

/** A load of `e2e-load-*` (see `loadDefinition`). */
export function loadBody(definitionId: string): StartBody & { correlationId: string } {
  return {
    workflowDefinitionId: definitionId,
    workflowName: 'A load',
    workflowType: 'SHIPPING',
    triggeredBy: 'e2e',
    inputParameters: { shipmentId: 'SHP-1', carrier: 'DHL' },
    correlationId: randomUUID(),
  };
}

/** Three steps in a row, each with an undo: open a load, give it a carrier, tender it. */
export function loadDefinition(definitionId: string, changes: JsonObject = {}): JsonObject {
  const loadId = { $from: '/steps/create-load/output/loadId' };
  const retry = { retries: 2, initialDelayMs: 50, maxDelayMs: 100, multiplier: 2 };
  return {
    definitionId,
    version: 1,
    workflowType: 'SHIPPING',
    name: 'A load',
    timeoutMs: 60_000,
    steps: [
      {
        stepId: 'create-load',
        serviceName: 'transportation-management',
        operation: 'createLoad',
        http: { method: 'POST', path: '/loads' },
        input: { shipmentIds: [{ $from: '/input/shipmentId' }] },
        retry,
        compensation: {
          strategy: 'DELETE_CREATED',
          operation: 'deleteLoad',
          http: { method: 'DELETE', path: '/loads/{loadId}' },
          input: { loadId },
        },
      },
      {
        stepId: 'assign-carrier',
        serviceName: 'carrier-integration',
        operation: 'assignCarrier',
        http: { method: 'PUT', path: '/loads/{loadId}/carrier' },
        dependencies: ['create-load'],
        input: { loadId, carrier: { $from: '/input/carrier' } },
        retry,
        compensation: {
          strategy: 'REVERSE_OPERATION',
          operation: 'unassignCarrier',
          http: { method: 'DELETE', path: '/loads/{loadId}/carrier' },
          input: { loadId },
        },
      },
      {
        stepId: 'tender-load',
        serviceName: 'carrier-integration',
        operation: 'tenderLoad',
        http: { method: 'PUT', path: '/loads/{loadId}/tender' },
        dependencies: ['assign-carrier'],
        input: { loadId, carrier: { $from: '/input/carrier' } },
        failWhen: { equals: [{ $from: '/reply/status' }, 'REJECTED'] },
        retry,
        compensation: {
          strategy: 'REVERSE_OPERATION',
          operation: 'cancelTender',
          http: { method: 'DELETE', path: '/loads/{loadId}/tender' },
          input: { loadId },
        },
      },
    ],
    output: { tenderId: { $from: '/steps/tender-load/output/tenderId' } },
    ...changes,
  };
}
