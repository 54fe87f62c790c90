import { releaserRole } from '#composition/releaser-role.ts';
import { runProcess } from '#composition/run-process.ts';

/** Waveless release: starts what waits, lane by lane; one process leads each group of lanes, others stand by. */
await runProcess({ name: 'releaser', web: false, roles: [releaserRole] });
