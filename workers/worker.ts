import { parseArgs } from 'node:util';
import { exitMisused } from '#composition/exit.ts';
import { runProcess } from '#composition/run-process.ts';
import { workerRole } from '#composition/worker-role.ts';

/** Runs steps: of all services, or with `--queues steps.a,steps.b` only of some. */
await runProcess({ name: 'worker', web: false, roles: [workerRole(queuesAsked())] });

function queuesAsked(): readonly string[] | null {
  try {
    const { values } = parseArgs({ options: { queues: { type: 'string' } } });
    return values.queues?.split(',').map((queue) => queue.trim()) ?? null;
  } catch (error) {
    return exitMisused(error, 'npm run worker [-- --queues steps.<service>,...]');
  }
}
