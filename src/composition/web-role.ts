import type { RequestListener } from 'node:http';
import { collectDefaultMetrics, Registry } from '@prometheus-io/client';
import { createBoard } from '#adapters/bullmq/bull-board.ts';
import { createApp } from '#api/app.ts';
import { BOARD_PATH } from '#api/board/mount-board.ts';
import type { Readiness } from '#api/routes/probes.ts';
import { engineVersion, type Engine } from '#composition/engine.ts';

export type WebApplication = {
  readonly listener: RequestListener;
  /** Ends event streams, which would otherwise stay open for hours. */
  close(): Promise<void>;
};

/** API, event stream, metrics and Bull Board on one listener. */
export function webApplication(engine: Engine): WebApplication {
  const { config, queue } = engine;
  const { user, password, allowChanges } = config.bullBoard;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const stopping = new AbortController();
  const board = createBoard(queue.queues, { basePath: BOARD_PATH, readOnly: !allowChanges });
  const app = createApp({
    orchestration: engine.orchestration,
    receiveEvent: engine.receiveEvent,
    logger: engine.logger,
    clock: engine.clock,
    version: engineVersion(),
    readiness: () => readiness(engine),
    shutdown: stopping.signal,
    registry,
    board: { handler: board, user, password, allowChanges },
  });
  return {
    listener: app,
    close() {
      stopping.abort();
      return Promise.resolve();
    },
  };
}

/** Ready: store and queue answer. Definitions are there, or the process would not have come so far. */
async function readiness({ store, queue }: Engine): Promise<Readiness> {
  const [storeAnswer, queueAnswer] = await Promise.allSettled([store.ping(), queue.ping()]);
  const waitingFor = [
    ...(storeAnswer.status === 'rejected' ? ['store'] : []),
    ...(queueAnswer.status === 'rejected' ? ['redis'] : []),
  ];
  return { ready: waitingFor.length === 0, waitingFor };
}
