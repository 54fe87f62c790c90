import type { Engine } from '#composition/engine.ts';

/** A part of the engine that a process can play: web, worker, reconciler. */
export type Role = (engine: Engine) => Promise<RunningRole>;

export type RunningRole = {
  /** Takes no new work, lets what runs end within the grace, and leaves the rest to others. */
  stop(graceMs: number): Promise<void>;
};
