import { setTimeout as delay } from 'node:timers/promises';
import type { EngineProcesses, EngineRole } from '../../../scripts/processes/engine-processes.ts';

const LOOK_EVERY_MS = 50;

export type Supervisor = {
  /** Processes started in the place of dead ones. */
  readonly replaced: () => number;
  /** Resolves once there are as many as there were. */
  stop(): Promise<void>;
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
  const watching = watch();
  watching.catch(() => undefined); // `stop` tells
  return {
    replaced: () => replaced,
    async stop() {
      stopped = true;
      await watching;
    },
  };

  async function watch(): Promise<void> {
    for (;;) {
      const missing = wanted - engine.running(role).length;
      if (missing === 0 && stopped) return;
      replaced += missing;
      await Promise.all(Array.from({ length: missing }, () => engine.start(role)));
      await delay(LOOK_EVERY_MS);
    }
  }
}
