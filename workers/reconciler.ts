import { reconcilerRole } from '#composition/reconciler-role.ts';
import { runProcess } from '#composition/run-process.ts';

/** Timers, time-outs and recovery; one process leads, others stand by. */
await runProcess({ name: 'reconciler', web: false, roles: [reconcilerRole] });
