import { effect, read, undo } from '#simulator/operation.ts';
import type { Operation } from '#simulator/operation.ts';

/** What leaves: shipments, labels, loads, tenders, pickups. */
export const OUTBOUND: Readonly<Record<string, readonly Operation[]>> = {
  'shipping-integration-service': [
    effect(
      'createShipment',
      'POST /shipments',
      ({ id }) => ({ shipmentId: id('SHP'), status: 'CREATED' }),
      { undoneBy: ['voidShipment'] },
    ),
    effect(
      'dispatchShipment',
      'POST /shipments/{shipmentId}/dispatch',
      ({ ref }) => ({ shipmentId: ref('shipmentId', 'SHP'), status: 'DISPATCHED' }),
      { pivot: true },
    ),
    undo('voidShipment', null, 'VOIDED'),
  ],
  'carrier-integration': [
    effect(
      'generateShippingLabel',
      'POST /shipments/{shipmentId}/label',
      ({ ref, id }) => ({
        shipmentId: ref('shipmentId', 'SHP'),
        labelId: id('LBL'),
        trackingNumber: id('TRK'),
      }),
      { undoneBy: ['voidLabel'] },
    ),
    effect(
      'assignCarrier',
      'PUT /loads/{loadId}/carrier',
      ({ ref, input }) => ({
        loadId: ref('loadId', 'LOAD'),
        carrier: input['carrier'] ?? 'DHL',
        version: 2,
      }),
      { undoneBy: ['unassignCarrier'] },
    ),
    effect(
      'tenderLoad',
      'PUT /loads/{loadId}/tender',
      ({ ref, id }) => ({
        loadId: ref('loadId', 'LOAD'),
        tenderId: id('TND'),
        status: 'ACCEPTED',
        version: 3,
      }),
      {
        undoneBy: ['cancelTender'],
        refusal: ({ ref }) => ({ loadId: ref('loadId', 'LOAD'), status: 'REJECTED' }),
      },
    ),
    read('getTender', 'GET /loads/{loadId}/tender', ({ ref }) => ({
      loadId: ref('loadId', 'LOAD'),
      status: 'ACCEPTED',
    })),
    undo('voidLabel', null, 'VOIDED'),
    undo('unassignCarrier', 'DELETE /loads/{loadId}/carrier', 'UNASSIGNED'),
    undo('cancelTender', 'DELETE /loads/{loadId}/tender', 'CANCELLED'),
  ],
  'transportation-management': [
    effect(
      'createLoad',
      'POST /loads',
      ({ id }) => ({ loadId: id('LOAD'), status: 'OPEN', version: 1 }),
      { undoneBy: ['deleteLoad'] },
    ),
    effect(
      'schedulePickup',
      'PUT /loads/{loadId}/pickup',
      ({ ref, id }) => ({ loadId: ref('loadId', 'LOAD'), pickupId: id('PUP'), version: 4 }),
      { undoneBy: ['cancelPickup'] },
    ),
    undo('deleteLoad', 'DELETE /loads/{loadId}', 'DELETED'),
    undo('cancelPickup', 'DELETE /loads/{loadId}/pickup', 'CANCELLED'),
  ],
};
