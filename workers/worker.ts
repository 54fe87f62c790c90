import { parseArgs } from 'node:util';
import { runProcess } from '#composition/run-process.ts';
import { workerRole } from '#composition/worker-role.ts';

/** Runs steps: of all services, or with `--queues steps.a,steps.b` only of some. */
const { values } = parseArgs({ options: { queues: { type: 'string' } } });
const only = values.queues?.split(',').map((queue) => queue.trim()) ?? null;
await runProcess({ name: 'worker', web: false, roles: [workerRole(only)] });
