import { runProcess } from '#composition/run-process.ts';
import { SIMULATOR_URL } from '#composition/services-file.ts';
import { WHOLE_ENGINE } from '#composition/whole-engine.ts';
import { startSimulator } from '#simulator/server.ts';

/** The whole engine and the 26 simulated services in one process: clone, run, look. */
await runProcess({
  name: 'dev',
  web: true,
  complete: true,
  roles: WHOLE_ENGINE,
  async before({ http }, logger) {
    const simulator = await startSimulator({
      port: Number(new URL(SIMULATOR_URL).port),
      events: { url: `http://127.0.0.1:${http.port}/api/v1/events` },
    });
    logger.info(`simulator of the services at ${simulator.url}`);
    return { stop: () => simulator.close() };
  },
});
