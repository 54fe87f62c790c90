import { eventsRole } from '#composition/events-role.ts';
import { ifKafka } from '#composition/kafka.ts';
import { monitorRole } from '#composition/monitor-role.ts';
import { reconcilerRole } from '#composition/reconciler-role.ts';
import { relayRole } from '#composition/relay-role.ts';
import { releaserRole } from '#composition/releaser-role.ts';
import { runProcess } from '#composition/run-process.ts';
import { SIMULATOR_URL } from '#composition/services-file.ts';
import { workerRole } from '#composition/worker-role.ts';
import { startSimulator } from '#simulator/server.ts';

/** The whole engine and the 26 simulated services in one process: clone, run, look. */
await runProcess({
  name: 'dev',
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
  async before(_config, logger) {
    const simulator = await startSimulator({ port: Number(new URL(SIMULATOR_URL).port) });
    logger.info(`simulator of the services at ${simulator.url}`);
    return { stop: () => simulator.close() };
  },
});
