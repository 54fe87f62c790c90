import { setTimeout as delay } from 'node:timers/promises';
import type { EngineProcesses } from '../processes/engine-processes.ts';

/** Picking lies in the middle of every order: what waits for it piles up, and comes back in order. */
const SERVICE = 'picking-service';
const OUTAGE_MS = 5000;
/** How long the dead worker stays away. */
const AWAY_MS = 1000;

/** What goes wrong on purpose while orders come in, each once. */
export type Mishaps = {
  /** To be told how many orders were accepted. */
  at(accepted: number): void;
  /** All that was begun has happened. @throws what kept one from happening */
  settled(): Promise<void>;
};

/**
 * @param count orders that will come; mishaps happen at shares of it
 * @param say for people
 */
export function planMishaps(
  engine: EngineProcesses,
  count: number,
  say: (line: string) => void,
): Mishaps {
  const plan = [
    { from: Math.ceil(count / 3), happen: outage },
    { from: Math.ceil(count / 2), happen: killWorker },
  ];
  const begun: Promise<void>[] = [];
  return {
    at(accepted) {
      while (plan[0] !== undefined && accepted >= plan[0].from) {
        const happening = plan.shift()?.happen();
        if (happening === undefined) continue;
        happening.catch(() => undefined); // whoever awaits `settled` is told
        begun.push(happening);
      }
    },
    settled: async () => void (await Promise.all(begun)),
  };

  async function outage(): Promise<void> {
    await engine.simulator.outage({ service: SERVICE, durationMs: OUTAGE_MS });
    say(`  ! ${SERVICE} is down for ${OUTAGE_MS / 1000} seconds`);
  }

  async function killWorker(): Promise<void> {
    const [worker] = engine.running('worker');
    if (worker === undefined) return;
    worker.signal('SIGKILL');
    await worker.ended;
    say(`  ! kill -9 of ${worker.name} (pid ${worker.pid})`);
    await delay(AWAY_MS);
    const successor = await engine.start('worker');
    say(`  ! ${successor.name} (pid ${successor.pid}) takes its place`);
  }
}
