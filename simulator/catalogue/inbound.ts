import {
  licensePlateOperations,
  moveOperations,
  taskOperations,
} from '#simulator/catalogue/shared.ts';
import { effect, read, undo } from '#simulator/operation.ts';
import type { Operation } from '#simulator/operation.ts';

const yard: readonly Operation[] = [
  effect(
    'checkInTrailer',
    'POST /api/v1/yard/trailers/check-in',
    ({ ref }) => ({ trailerId: ref('trailerId', 'TRL'), status: 'CHECKED_IN' }),
    { undoneBy: ['checkOutTrailer'] },
  ),
  effect(
    'awaitDockAssignment',
    null,
    ({ ref, id }) => ({ trailerId: ref('trailerId', 'TRL'), dockId: id('DOCK') }),
    { undoneBy: ['releaseDock'] },
  ),
  effect(
    'createAppointment',
    'POST /api/v1/yard/appointments',
    ({ id, ref }) => ({
      appointmentId: id('APT'),
      trailerId: ref('trailerId', 'TRL'),
      dockId: id('DOCK'),
    }),
    { undoneBy: ['cancelAppointment'] },
  ),
  effect('awaitLoading', null, ({ ref }) => ({
    trailerId: ref('trailerId', 'TRL'),
    status: 'LOADED',
  })),
  undo('checkOutTrailer', null, 'CHECKED_OUT'),
  undo('releaseDock', null, 'RELEASED'),
  undo('cancelAppointment', null, 'CANCELLED'),
];

const crossDocking: readonly Operation[] = [
  effect(
    'createTransfer',
    'POST /api/v1/cross-docking/transfers',
    ({ id }) => ({ transferOrderId: id('XFR'), operationId: id('XDK'), status: 'CREATED' }),
    { undoneBy: ['cancelTransfer'] },
  ),
  effect(
    'createConsolidation',
    'POST /api/v1/cross-docking/consolidations',
    ({ id }) => ({ consolidationId: id('CNS'), status: 'COMPLETED' }),
    { undoneBy: ['cancelConsolidation'] },
  ),
  effect(
    'awaitCompletion',
    null,
    ({ ref }) => ({ operationId: ref('operationId', 'XDK'), status: 'COMPLETED' }),
    { pivot: true },
  ),
  undo('cancelTransfer', null, 'CANCELLED'),
  undo('cancelConsolidation', null, 'CANCELLED'),
];

/** What comes in and is put away: yard, receiving, putaway, slotting, replenishment, counts, cross-docking. */
export const INBOUND: Readonly<Record<string, readonly Operation[]>> = {
  'yard-management-service': yard,
  'receiving-service': [
    ...taskOperations(['RECEIVE']),
    ...licensePlateOperations(['TOTE']),
    effect('awaitReturnReceipt', null, ({ ref }) => ({
      rmaNumber: ref('rmaNumber', 'RMA'),
      status: 'RECEIVED',
    })),
  ],
  'putaway-service': [
    ...taskOperations(['PUTAWAY']),
    ...moveOperations(['PUTAWAY']),
    effect(
      'startChildWorkflow',
      null,
      ({ id }) => ({ childWorkflowId: id('CHILD'), status: 'COMPLETED' }),
      { variants: ['PUTAWAY'], undoneBy: ['compensateChild'] },
    ),
    undo('compensateChild', null, 'COMPENSATED'),
  ],
  'slotting-optimization-service': [
    read(
      'recommendLocation',
      'POST /slotting/recommend',
      ({ id }) => ({ locationId: id('LOC'), score: 0.93 }),
      { refusal: () => ({ locationId: null, score: 0 }) },
    ),
  ],
  'replenishment-service': [
    read('searchLicensePlates', 'POST /license-plates/search', ({ id }) => ({
      lpn: id('LPN'),
      licensePlates: [{ lpn: id('LPN'), locationId: id('LOC'), quantity: 48 }],
    })),
    ...taskOperations(['REPLENISH']),
    ...moveOperations(['REPLENISHMENT']),
  ],
  'cycle-count-service': taskOperations(['COUNT']),
  'cross-docking-service': crossDocking,
};
