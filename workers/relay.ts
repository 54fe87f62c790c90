import { withKafka } from '#composition/kafka.ts';
import { relayRole } from '#composition/relay-role.ts';
import { runProcess } from '#composition/run-process.ts';

/** Events out: the log to Kafka; one process leads, others stand by. */
await runProcess({ name: 'relay', web: false, roles: [withKafka(relayRole)] });
