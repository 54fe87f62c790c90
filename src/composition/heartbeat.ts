import { randomUUID } from 'node:crypto';
import { createProcessSampler } from '#adapters/telemetry/process-sampler.ts';
import type { Heartbeat, LoadView } from '#application/ports/load-board.ts';
import type { Engine } from '#composition/engine.ts';
import type { RunningRole } from '#composition/role.ts';

/** How often a process tells of itself; what the throttle decides on is that old at most. */
const INTERVAL_MS = 1000;

/** Of these heartbeats one asks what the monitor says of instances: shares that it has shifted are known within two seconds. */
const STEER_EVERY = 2;

/**
 * Tells the board once a second what this process serves and measures, and hears what the others know of
 * breakers. Two commands, outside the path of any job.
 */
export function startHeartbeat(
  { loadBoard, services, clock, logger }: Engine,
  options: Pick<Heartbeat, 'name' | 'queues'> & {
    /** Called every few seconds with what the monitor shows, however old; null: nothing. */
    readonly onView: (view: LoadView | null) => Promise<void>;
    /** Called when the board was wiped since the last beat, and all else in Redis with it. */
    readonly onWiped: () => Promise<void>;
  },
): RunningRole {
  const { name, queues, onView, onWiped } = options;
  const processId = randomUUID();
  const sampler = createProcessSampler();
  let beating = false;
  let beats = 0;
  const timer = setInterval(() => void tell(), INTERVAL_MS);
  timer.unref();
  void tell();
  return {
    async stop() {
      clearInterval(timer);
      sampler.stop();
      await loadBoard.leave(processId);
    },
  };

  async function tell(): Promise<void> {
    if (beating) return; // Redis is slow or away: counters only grow, nothing is lost
    beating = true;
    await services.syncBreakers();
    if (beats % STEER_EVERY === 0) await look();
    beats += 1;
    const calls = services.takeTallies();
    const at = clock.now();
    const beat = { processId, name, at, queues, ...sampler.sample(), calls };
    if ((await loadBoard.beat(beat)) === 'wiped') await onWiped();
    beating = false;
  }

  async function look(): Promise<void> {
    const view = await loadBoard.view();
    services.steer(view);
    await onView(view).catch((error: unknown) => logger.debug('limits not looked at', { error }));
  }
}
