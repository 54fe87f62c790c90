import type { Clock } from '#application/ports/clock.ts';
import {
  HEARTBEAT_STALE_MS,
  type Heartbeat,
  type LoadBoard,
  type LoadView,
} from '#application/ports/load-board.ts';

/** A load board for one process, and for tests. */
export function createMemoryLoadBoard(clock: Clock): LoadBoard {
  const heartbeats = new Map<string, Heartbeat>();
  let latest: LoadView | null = null;
  return {
    beat(heartbeat) {
      heartbeats.set(heartbeat.processId, heartbeat);
      return Promise.resolve('heard');
    },
    heartbeats() {
      const now = clock.now();
      const alive = [...heartbeats.values()].filter(
        ({ at }) => Math.abs(now - at) <= HEARTBEAT_STALE_MS,
      );
      return Promise.resolve(alive.sort((a, b) => (a.processId < b.processId ? -1 : 1)));
    },
    leave(processId) {
      heartbeats.delete(processId);
      return Promise.resolve();
    },
    publish(view) {
      latest = view;
      return Promise.resolve();
    },
    view: () => Promise.resolve(latest),
  };
}
