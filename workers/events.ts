import { eventsRole } from '#composition/events-role.ts';
import { withKafka } from '#composition/kafka.ts';
import { runProcess } from '#composition/run-process.ts';

/** Events in: what the services tell starts and ends workflows; several processes share the topics. */
await runProcess({ name: 'events', web: false, roles: [withKafka(eventsRole)] });
