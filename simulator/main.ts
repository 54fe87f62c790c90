import { startSimulator } from '#simulator/server.ts';
import { readSettings } from '#simulator/settings.ts';

/** EX_CONFIG of sysexits.h: the settings are at fault, a restart won't help. */
const EXIT_CONFIG = 78;

const settings = readSettings(process.env);
if (!settings.ok) {
  for (const { path, message } of settings.problems)
    console.error(`simulator: ${path}: ${message}`);
  process.exit(EXIT_CONFIG);
}

const {
  PORT: port,
  HOST: host,
  SIM_SEED: seed,
  SIM_FAULTS: faults,
  SIM_EVENTS_URL: url,
} = settings.value;
const events = url === undefined ? null : { url };
try {
  const simulator = await startSimulator({ port, host, seed, faults, events });
  console.log(`simulator: 26 services at ${simulator.url}, seed ${seed}`);
  const stop = () => void simulator.close();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  if (!taken) throw error;
  console.error(`simulator: port ${port} of ${host} is taken: stop its user or set PORT`);
  process.exitCode = 1;
}
