import type { FloorState } from '#application/ports/floor.ts';
import {
  DEFAULT_BATCH_SIZE,
  isWavelessPaused,
  wavelessBatchSize,
  wavelessIntervalMs,
} from '#domain/policy/waveless.ts';

export type ReleaseTempo = {
  readonly isPaused: boolean;
  readonly batchSize: number;
  readonly intervalMs: number;
  /** For people. */
  readonly why: string;
};

/**
 * How fast to release (SPEC 4). A load that nobody measures, or that is no load, changes nothing: batches have their normal size.
 * @param waiting orders that wait
 */
export function releaseTempo(load: FloorState['load'], waiting: number): ReleaseTempo {
  const intervalMs = figure(wavelessIntervalMs(waiting));
  const backlog = `${waiting} waiting: every ${intervalMs} ms`;
  const normal = { isPaused: false, batchSize: DEFAULT_BATCH_SIZE, intervalMs };
  if (load === null) {
    return { ...normal, why: `load not measured: batches of ${DEFAULT_BATCH_SIZE}; ${backlog}` };
  }
  const batchSize = wavelessBatchSize(DEFAULT_BATCH_SIZE, load.score);
  const isPaused = isWavelessPaused(load.score, load.errorRate);
  if (typeof batchSize !== 'number' || typeof isPaused !== 'boolean') {
    return {
      ...normal,
      why: `load can not be right: batches of ${DEFAULT_BATCH_SIZE}; ${backlog}`,
    };
  }
  const score = Math.round(load.score);
  const errors = `${Math.round(load.errorRate * 100)} % errors`;
  const why = isPaused
    ? `paused: load ${score}, ${errors}`
    : `load ${score}: batches of ${batchSize}; ${backlog}`;
  return { isPaused, batchSize, intervalMs, why };
}

/** A number of orders is always one that the rule takes. */
function figure(value: ReturnType<typeof wavelessIntervalMs>): number {
  if (typeof value === 'number') return value;
  throw new Error(value.reason);
}
