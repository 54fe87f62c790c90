import closeWithGrace from 'close-with-grace';
import { createLogger, type TelemetryLogger } from '#adapters/telemetry/logger.ts';
import { ConfigFileError } from '#composition/config-file-error.ts';
import type { Config } from '#composition/config.ts';
import { startEngine, type Engine } from '#composition/engine.ts';
import { configOrExit, exitFailed } from '#composition/exit.ts';
import { openFrontDoor, type FrontDoor } from '#composition/front-door.ts';
import { loadDefinitions } from '#composition/load-definitions.ts';
import type { Role, RunningRole } from '#composition/role.ts';
import { webApplication } from '#composition/web-role.ts';

/** Time beyond the grace after which a process that still hangs is ended hard. */
const HARD_END_MS = 3000;

/** Of the grace, for what comes after the work: connections and files. */
const LAST_THINGS_MS = 500;

const MEMORY_IS_PRIVATE =
  'memory: is private to one process, and this is one of several: what it knows no other would see; use sqlite:<path>, or npm run start';

export type ProcessPlan = {
  /** On every log line. */
  readonly name: string;
  /** Serve API and Bull Board. */
  readonly web: boolean;
  /** It is all of the engine, so that a store of its own will do; by default it is one process of several. */
  readonly complete?: true;
  readonly roles: readonly Role[];
  /** Runs before everything else, e.g. the simulator of `npm run dev`. */
  readonly before?: (config: Config, logger: TelemetryLogger) => Promise<RunningRole>;
};

/**
 * Runs a process of the engine until SIGTERM or SIGINT: settings first, then servers, definitions and roles; the other way round
 * at the end. Exit 78 for faulty settings, 69 for a missing piece, 0 after an orderly end.
 */
export async function runProcess(plan: ProcessPlan): Promise<void> {
  const config = configOrExit();
  const logger = createLogger({ ...config.log, fields: { process: plan.name } });
  const opened: RunningRole[] = [];
  const stopAll = async () => {
    const until = performance.now() + config.shutdownGraceMs - LAST_THINGS_MS;
    for (const part of opened.reverse()) await part.stop(Math.max(0, until - performance.now()));
  };
  const delay = config.shutdownGraceMs + HARD_END_MS;
  closeWithGrace({ delay, logger: false }, async ({ err, signal }) => {
    if (err) logger.error('stopping after an unexpected error', { error: err });
    else logger.info(`stopping: ${signal ?? 'asked to'}`);
    await stopAll();
  });
  try {
    await start(plan, config, logger, opened);
  } catch (error) {
    await stopAll();
    exitFailed(error);
  }
}

/** Each part is put into `opened` as soon as it runs, so that a start that fails half-way leaves nothing behind. */
async function start(
  plan: ProcessPlan,
  config: Config,
  logger: TelemetryLogger,
  opened: RunningRole[],
): Promise<void> {
  if (config.store.kind === 'memory' && plan.complete !== true) {
    throw new ConfigFileError('STORE_URL', [MEMORY_IS_PRIVATE]);
  }
  const door = plan.web ? await openDoor(config, opened) : null;
  if (plan.before) opened.push(await plan.before(config, logger));
  const engine = await startEngine(config, logger);
  opened.push({ stop: () => engine.close() });
  await loadDefinitions(config.definitionsDir, engine);
  for (const role of plan.roles) opened.push(await role(engine));
  if (door !== null) opened.push(admit(door, engine));
}

async function openDoor(config: Config, opened: RunningRole[]): Promise<FrontDoor> {
  const door = await openFrontDoor(config.http.host, config.http.port);
  opened.push({ stop: (graceMs) => door.close(graceMs) });
  return door;
}

function admit(door: FrontDoor, engine: Engine): RunningRole {
  const application = webApplication(engine);
  door.admit(application.listener);
  const { host } = engine.config.http;
  if (!isLoopback(host)) {
    const message = 'the API asks nobody who he is, and HOST lets other machines reach it';
    engine.logger.warn(message, { host, remedy: 'HOST=127.0.0.1, or a gateway before it' });
  }
  engine.logger.info(`API at ${door.url}/api/v1, Bull Board at ${door.url}/admin/queues`);
  return {
    async stop() {
      door.shut();
      await application.close();
    },
  };
}

/** Does nobody but this machine reach it? */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
