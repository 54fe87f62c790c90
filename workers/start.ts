import { eventsRole } from '#composition/events-role.ts';
import { ifKafka } from '#composition/kafka.ts';
import { monitorRole } from '#composition/monitor-role.ts';
import { reconcilerRole } from '#composition/reconciler-role.ts';
import { relayRole } from '#composition/relay-role.ts';
import { releaserRole } from '#composition/releaser-role.ts';
import { runProcess } from '#composition/run-process.ts';
import { workerRole } from '#composition/worker-role.ts';

/** The whole engine in one process. */
await runProcess({
  name: 'engine',
  web: true,
  complete: true,
  roles: [
    workerRole(null),
    reconcilerRole,
    monitorRole,
    releaserRole,
    ifKafka(relayRole),
    ifKafka(eventsRole),
  ],
});
