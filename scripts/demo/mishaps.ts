import { setTimeout as delay } from 'node:timers/promises';
import type { EngineProcesses, EngineRole } from '../processes/engine-processes.ts';

/** Picking lies in the middle of every order: what waits for it piles up, and comes back in order. */
const SERVICE = 'picking-service';
const OUTAGE_MS = 5000;
/** How long the dead process stays away. */
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
    { from: Math.ceil(count * 0.4), happen: () => kill('events') },
    { from: Math.ceil(count / 2), happen: () => kill('worker') },
    { from: Math.ceil(count * 0.6), happen: () => kill('relay') },
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

  /** One process of that role, where there is one. */
  async function kill(role: EngineRole): Promise<void> {
    const [victim] = engine.running(role);
    if (victim === undefined) return;
    victim.signal('SIGKILL');
    await victim.ended;
    say(`  ! kill -9 of ${victim.name} (pid ${victim.pid})`);
    await delay(AWAY_MS);
    const successor = await engine.start(role);
    say(`  ! ${successor.name} (pid ${successor.pid}) takes its place`);
  }
}
