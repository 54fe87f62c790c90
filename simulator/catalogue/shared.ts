import { effect, undo } from '#simulator/operation.ts';
import type { Operation } from '#simulator/operation.ts';

/** Several services front the same task and tracking APIs; these are those APIs' operations. */

/** A task for a person (task-execution API), with its cancellation. */
export function taskOperations(variants: readonly string[]): readonly Operation[] {
  return [
    effect(
      'createTask',
      'POST /tasks',
      ({ id, input }) => ({
        taskId: id('TASK'),
        type: input['type'] ?? null,
        status: 'COMPLETED',
        variance: 0,
      }),
      { variants, undoneBy: ['cancelTask'] },
    ),
    undo('cancelTask', 'DELETE /tasks/{taskId}', 'CANCELLED'),
  ];
}

/** A new licence plate (physical-tracking API), with its removal. */
export function licensePlateOperations(variants: readonly string[] = []): readonly Operation[] {
  return [
    effect(
      'createLicensePlate',
      'POST /license-plates',
      ({ id }) => ({ lpn: id('LPN'), status: 'ACTIVE' }),
      { variants, undoneBy: ['deleteLicensePlate'] },
    ),
    undo('deleteLicensePlate', 'DELETE /license-plates/{lpn}', 'DELETED'),
  ];
}

/** Moving a licence plate, and moving it back by the same call. */
export function moveOperations(variants: readonly string[]): readonly Operation[] {
  return [
    effect(
      'moveLicensePlate',
      'POST /license-plates/{lpn}/move',
      ({ ref, id, input }) => ({
        lpn: ref('lpn', 'LPN'),
        locationId: input['locationId'] ?? input['toLocationId'] ?? null,
        movementId: id('MOV'),
      }),
      { variants, undoneBy: ['moveBack'] },
    ),
    undo('moveBack', 'POST /license-plates/{lpn}/move', 'MOVED_BACK'),
  ];
}
