import { effect, read, undo } from '#simulator/operation.ts';
import type { Operation } from '#simulator/operation.ts';

/** Picking, packing and quality control. */
export const PICK_AND_PACK: Readonly<Record<string, readonly Operation[]>> = {
  'picking-service': [
    effect(
      'createPickSession',
      'POST /sessions',
      ({ id }) => ({ sessionId: id('PICK'), status: 'CREATED' }),
      { undoneBy: ['cancelPickSession'] },
    ),
    effect('optimizePickPath', 'POST /sessions/{sessionId}/optimize-path', ({ ref }) => ({
      sessionId: ref('sessionId', 'PICK'),
      distanceMetres: 180,
    })),
    effect(
      'assignOrderToSlot',
      'POST /put-walls/{putWallId}/slots/{slotId}/assign',
      ({ ref }) => ({
        putWallId: ref('putWallId', 'PW'),
        slotId: ref('slotId', 'SLOT'),
        status: 'ASSIGNED',
      }),
      { undoneBy: ['clearPutWall'] },
    ),
    effect(
      'startPickSession',
      'POST /sessions/{sessionId}/start',
      ({ ref }) => ({
        sessionId: ref('sessionId', 'PICK'),
        status: 'COMPLETED',
        shortPicks: 0,
      }),
      {
        undoneBy: ['returnPickedItems'],
        announces: {
          type: 'com.paklog.wes.picking.completed.v1',
          data: ({ ref }) => ({ sessionId: ref('sessionId', 'PICK'), shortPicks: 0 }),
        },
      },
    ),
    undo('cancelPickSession', 'DELETE /sessions/{sessionId}', 'CANCELLED'),
    undo('clearPutWall', 'POST /put-walls/{putWallId}/clear', 'CLEARED'),
    undo('returnPickedItems', 'POST /tasks', 'RETURNED'),
  ],
  'packing-service': [
    read('calculatePackingSolution', 'POST /packing-solutions', ({ id, lines }) => ({
      solutionId: id('SOL'),
      cartons: [{ cartonType: 'CARTON-M', items: lines().length }],
    })),
    effect(
      'startPackingSession',
      'POST /packing-sessions',
      ({ id }) => ({ sessionId: id('PACK'), status: 'COMPLETED', weightGrams: 2400 }),
      { undoneBy: ['cancelPackingSession'] },
    ),
    effect('selectCarton', 'POST /packing-sessions/{sessionId}/select-carton', ({ ref, id }) => ({
      sessionId: ref('sessionId', 'PACK'),
      cartonId: id('CTN'),
    })),
    effect(
      'awaitPackingSession',
      null,
      ({ ref }) => ({ sessionId: ref('sessionId', 'PACK'), status: 'COMPLETED' }),
      { undoneBy: ['unpack'] },
    ),
    undo('cancelPackingSession', 'DELETE /packing-sessions/{sessionId}', 'CANCELLED'),
    undo('unpack', null, 'UNPACKED'),
  ],
  'quality-control-service': [
    effect(
      'performInspection',
      'POST /api/v1/quality/inspections',
      ({ id }) => ({ inspectionId: id('INSP'), result: 'PASSED' }),
      {
        variants: ['RECEIVING'],
        refusal: ({ id }) => ({ inspectionId: id('INSP'), result: 'FAILED', defects: 3 }),
      },
    ),
  ],
};
