import { monitorRole } from '#composition/monitor-role.ts';
import { runProcess } from '#composition/run-process.ts';

/** Load of all services, and what they get; one process leads, others stand by. */
await runProcess({ name: 'monitor', web: false, roles: [monitorRole] });
