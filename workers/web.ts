import { runProcess } from '#composition/run-process.ts';

/** API, event stream and Bull Board. */
await runProcess({ name: 'web', web: true, roles: [] });
