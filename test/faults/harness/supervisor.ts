import { setTimeout as delay } from 'node:timers/promises';
import type { EngineProcesses, EngineRole } from '../../../scripts/processes/engine-processes.ts';
import { healed, type Healed } from './fault-case.ts';

const LOOK_EVERY_MS = 50;

export type Supervisor = {
  /** Processes started in the place of dead ones. */
  readonly replaced: () => number;
  /** Resolves once there are as many as there were. @returns when the last one took its place; now, where none had to */
  stop(): Promise<Healed>;
};

/** Starts a worker for each that dies, as systemd or Kubernetes would. */
export function superviseWorkers(engine: EngineProcesses): Supervisor {
  return supervise(engine, 'worker');
}

/** Starts a process for each of that role that dies. */
export function supervise(engine: EngineProcesses, role: EngineRole): Supervisor {
  const wanted = engine.running(role).length;
  let stopped = false;
  let replaced = 0;
  let whole: Healed | null = null;
  const watching = watch();
  watching.catch(() => undefined); // `stop` tells
  return {
    replaced: () => replaced,
    async stop() {
      stopped = true;
      await watching;
      return whole ?? healed();
    },
  };

  async function watch(): Promise<void> {
    for (;;) {
      const missing = wanted - engine.running(role).length;
      if (missing === 0 && stopped) return;
      replaced += missing;
      await Promise.all(Array.from({ length: missing }, () => engine.start(role)));
      if (missing > 0) whole = healed();
      await delay(LOOK_EVERY_MS);
    }
  }
}
