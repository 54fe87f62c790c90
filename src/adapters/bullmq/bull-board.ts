import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { Queue } from 'bullmq';
import type { Express } from 'express';

/**
 * Bull Board over these queues, as an Express app to be mounted at `basePath`. It guards nothing but read-only mode: mount it behind guards.
 * @param basePath where it is mounted, such as /admin/queues
 * @param readOnly no job and no queue can be changed
 */
export function createBoard(
  queues: readonly Queue[],
  { basePath, readOnly }: { readonly basePath: string; readonly readOnly: boolean },
): Express {
  const serverAdapter = new BoardServer();
  serverAdapter.setBasePath(basePath);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: readOnly })),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'WES queues', showWorkers: false } },
  });
  return serverAdapter.board().disable('x-powered-by');
}

/** Hands the app out with its type: the package's own `getRouter` has none. */
class BoardServer extends ExpressAdapter {
  board(): Express {
    return this.app;
  }
}
