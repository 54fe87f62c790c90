import {
  licensePlateOperations,
  moveOperations,
  taskOperations,
} from '#simulator/catalogue/shared.ts';
import { effect, read, undo } from '#simulator/operation.ts';
import type { Operation } from '#simulator/operation.ts';

const wmsCore: readonly Operation[] = [
  effect('createWave', 'POST /waves', ({ id }) => ({ waveId: id('WAVE'), status: 'PLANNED' }), {
    undoneBy: ['cancelWave'],
  }),
  effect('optimizeWave', 'POST /waves/{waveId}/optimize', ({ ref }) => ({
    waveId: ref('waveId', 'WAVE'),
    status: 'PLANNED',
    estimatedSavingPercent: 12,
  })),
  effect(
    'releaseWave',
    'POST /waves/{waveId}/release',
    ({ ref }) => ({ waveId: ref('waveId', 'WAVE'), status: 'RELEASED' }),
    { undoneBy: ['cancelWave'] },
  ),
  effect('awaitWaveCompleted', null, ({ ref }) => ({
    waveId: ref('waveId', 'WAVE'),
    status: 'COMPLETED',
  })),
  undo('cancelWave', 'DELETE /waves/{waveId}', 'CANCELLED'),
  read(
    'findAvailableLocations',
    'POST /search/available',
    ({ id }) => ({ locationId: id('LOC'), locations: [{ locationId: id('LOC'), free: 40 }] }),
    { refusal: () => ({ locationId: null, locations: [] }) },
  ),
  read('getLocationState', 'GET /locations/{locationId}/state', ({ ref }) => ({
    locationId: ref('locationId', 'LOC'),
    status: 'ACTIVE',
    fillPercent: 30,
  })),
  effect(
    'reserveLocation',
    'POST /locations/{locationId}/reserve',
    ({ ref, id }) => ({
      locationId: ref('locationId', 'LOC'),
      reservationId: id('LRS'),
      previousStatus: 'ACTIVE',
      status: 'RESERVED',
    }),
    { undoneBy: ['restoreLocationStatus'] },
  ),
  effect(
    'updateLocation',
    'PUT /locations/{locationId}',
    ({ ref, input }) => ({
      locationId: ref('locationId', 'LOC'),
      previousStatus: 'RESERVED',
      status: input['status'] ?? 'ACTIVE',
    }),
    { undoneBy: ['restoreLocationStatus'] },
  ),
  undo('restoreLocationStatus', 'PUT /locations/{locationId}', 'RESTORED'),
  effect(
    'blockLocation',
    'POST /locations/{locationId}/block',
    ({ ref }) => ({ locationId: ref('locationId', 'LOC'), status: 'BLOCKED' }),
    { undoneBy: ['unblockLocation'] },
  ),
  effect('unblockLocation', 'POST /locations/{locationId}/unblock', ({ ref }) => ({
    locationId: ref('locationId', 'LOC'),
    status: 'ACTIVE',
  })),
];

const warehouseOperations: readonly Operation[] = [
  ...taskOperations(['MOVE', 'SHIP']),
  effect(
    'createTaskBatch',
    'POST /tasks/batch',
    ({ id, lines }) => {
      const taskIds = lines().map((_line, index) => id(`TASK${index + 1}`));
      return { batchId: id('BATCH'), taskId: taskIds[0] ?? null, taskIds, created: taskIds.length };
    },
    { undoneBy: ['cancelTask'] },
  ),
  ...licensePlateOperations(),
  ...moveOperations(['TRANSFER', 'RETURN']),
  read('getLocationContents', 'GET /locations/{locationId}/contents', ({ ref, id }) => ({
    locationId: ref('locationId', 'LOC'),
    contents: [{ lpn: id('LPN'), sku: id('SKU'), quantity: 24 }],
  })),
  effect(
    'createVASOrder',
    'POST /api/v1/vas/orders',
    ({ id }) => ({ vasOrderId: id('VAS'), status: 'CREATED' }),
    { undoneBy: ['cancelVASOrder'] },
  ),
  effect(
    'startVASOrder',
    'POST /api/v1/vas/orders/{id}/start',
    ({ params, ref }) => ({
      vasOrderId: params['id'] ?? ref('vasOrderId', 'VAS'),
      status: 'COMPLETED',
    }),
    { undoneBy: ['cancelVASOrder'] },
  ),
  undo('cancelVASOrder', null, 'CANCELLED'),
  effect(
    'startChildWorkflow',
    null,
    ({ id }) => ({ childWorkflowId: id('CHILD'), status: 'COMPLETED' }),
    { variants: ['VALUE_ADDED_SERVICE'], undoneBy: ['compensateChild'] },
  ),
  undo('compensateChild', null, 'COMPENSATED'),
];

const robotics: readonly Operation[] = [
  effect(
    'createTask',
    'POST /api/v1/tasks',
    ({ id }) => ({ robotTaskId: id('RBT'), robotId: id('AMR'), status: 'COMPLETED' }),
    {
      variants: ['TRANSPORT'],
      undoneBy: ['cancelRobotTask'],
      refusal: () => ({ robotTaskId: null, status: 'REJECTED', reason: 'NO_ROBOT_AVAILABLE' }),
    },
  ),
  undo('cancelRobotTask', null, 'CANCELLED'),
];

/** What moves on the warehouse floor: waves, locations, tasks, licence plates, robots. */
export const FLOOR: Readonly<Record<string, readonly Operation[]>> = {
  'wms-core-service': wmsCore,
  'warehouse-operations-service': warehouseOperations,
  'robotics-fleet-management': robotics,
};
