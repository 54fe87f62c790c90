import { eventsRole } from '#composition/events-role.ts';
import { ifKafka } from '#composition/kafka.ts';
import { monitorRole } from '#composition/monitor-role.ts';
import { reconcilerRole } from '#composition/reconciler-role.ts';
import { relayRole } from '#composition/relay-role.ts';
import { releaserRole } from '#composition/releaser-role.ts';
import type { Role } from '#composition/role.ts';
import { workerRole } from '#composition/worker-role.ts';

/** The roles of an engine that is whole in one process; those of Kafka where it is configured. */
export const WHOLE_ENGINE: readonly Role[] = [
  workerRole(null),
  reconcilerRole,
  monitorRole,
  releaserRole,
  ifKafka(relayRole),
  ifKafka(eventsRole),
];
