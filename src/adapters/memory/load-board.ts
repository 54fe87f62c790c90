import type { Clock } from '#application/ports/clock.ts';
import {
  HEARTBEAT_STALE_MS,
  REQUEST_STALE_MS,
  type Heartbeat,
  type LoadBoard,
  type LoadView,
  type RebalanceRequest,
} from '#application/ports/load-board.ts';

/** A load board for one process, and for tests. */
export function createMemoryLoadBoard(clock: Clock): LoadBoard {
  const heartbeats = new Map<string, Heartbeat>();
  let requests: readonly RebalanceRequest[] = [];
  let latest: LoadView | null = null;
  let latestFence = 0;
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
    publish(view, fence) {
      if (fence < latestFence) return Promise.resolve(false);
      latestFence = fence;
      latest = view;
      return Promise.resolve(true);
    },
    request(request) {
      requests = [...requests, request];
      return Promise.resolve(true);
    },
    takeRequests() {
      const taken = requests;
      requests = [];
      return Promise.resolve(taken.filter(({ at }) => clock.now() - at <= REQUEST_STALE_MS));
    },
    view: () => Promise.resolve(latest),
  };
}
