import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probeRedis } from '#adapters/redis/probe.ts';
import { startRedis, type RedisServer } from '#composition/redis-server.ts';
import type { FaultsInput } from '#simulator/faults/config.ts';
import { registry, type ServiceSettings } from '#simulator/services.ts';
import { startChild, type ChildProcess, type Exit } from './child-process.ts';
import { engineApi, type EngineApi } from './engine-api.ts';
import { simulatorControl, type SimulatorControl } from './simulator-control.ts';

/*
 * A whole engine of separate processes, on ports and in a folder of its own: Redis with an append-only file, the simulated
 * services, web, workers, reconciler and, where asked for, monitor and releasers. For the demo, and for tests and benchmarks that
 * look at the engine from outside.
 *
 * Who owns what: this object owns every process it started and the folder; `stop` ends the processes in the reverse order of
 * their start, and what is killed or stopped in between is the caller's play. Nothing outlives the process that started it.
 */

/** Relay and events need KAFKA_BROKERS among the settings. */
const ROLES = ['web', 'worker', 'reconciler', 'relay', 'events', 'monitor', 'releaser'] as const;
export type EngineRole = (typeof ROLES)[number];

export type EngineProcesses = {
  /** Store, Redis and a log file of every process. */
  readonly folder: string;
  readonly redisUrl: string;
  /** `http://127.0.0.1:port` of the first web process, which keeps it when it is started again. */
  readonly webUrl: string;
  readonly api: EngineApi;
  readonly simulator: SimulatorControl;
  /** Those that run now, the oldest first. */
  running(role: EngineRole): readonly ChildProcess[];
  /** Those that have ended with another exit status than 0, such as `worker-2 ended with 1`. Signals are the caller's play. */
  failed(): readonly string[];
  /**
   * One more process of that role; resolves when it is up.
   * @param settings over those of the engine, for this process alone
   */
  start(role: EngineRole, settings?: Readonly<Record<string, string>>): Promise<ChildProcess>;
  /** kill -9 of Redis: what it has not yet written to its file (at most a second) is lost. */
  killRedis(): Promise<void>;
  /** Starts Redis again after `killRedis`: same port, same data. */
  restartRedis(): Promise<void>;
  /** Ends all processes. May be called twice. */
  stop(): Promise<void>;
  /** Removes the folder. */
  discard(): Promise<void>;
};

export type EngineOptions = {
  /** Processes of each role; by default one of each but relay, events and monitor. */
  readonly counts?: Partial<Record<EngineRole, number>>;
  readonly faults?: FaultsInput;
  /** Of the simulator: its faults, latencies and identifiers follow from it. */
  readonly seed?: number;
  /** For every service in the registry (SPEC 9). */
  readonly services?: ServiceSettings;
  /** For single services, over `services`. */
  readonly onlyServices?: Readonly<Record<string, ServiceSettings>>;
  /** Further settings of all engine processes, by their names in the environment. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Arguments of node for all engine processes, such as `--import` of a module. */
  readonly nodeArguments?: readonly string[];
  /** Where the engine is to find the Redis of this URL; by default there. Something may stand between the two. */
  readonly redisThrough?: (redisUrl: string) => Promise<string>;
};

const UP: Readonly<Record<EngineRole, RegExp>> = {
  web: /API at (http:\/\/[\w.:[\]-]+)/,
  worker: /worker is up/,
  reconciler: /reconciler is up/,
  monitor: /monitor is up/,
  relay: /relay is up/,
  events: /events are consumed/,
  releaser: /releaser is up/,
};

/**
 * Starts everything and waits until it is up.
 * @throws MissingPieceError when there is no Redis to start; Error with the last lines of its log when a process fails to start
 */
export async function startEngineProcesses(options: EngineOptions = {}): Promise<EngineProcesses> {
  const folder = await mkdtemp(join(tmpdir(), 'wes-engine-'));
  const dataDir = join(folder, 'redis');
  let redis: RedisServer | null = null;
  const started: ChildProcess[] = [];
  const stop = async () => {
    const [simulator, ...engine] = started;
    await Promise.all(engine.map((child) => child.stop()));
    await simulator?.stop();
    await redis?.stop();
  };
  try {
    redis = await startRedis({ mode: 'own', dataDir });
    const redisUrl = redis.url;
    const port = Number(new URL(redisUrl).port);
    const simulatorUrl = await startSimulator(folder, options, started);
    const servicesFile = join(folder, 'services.json');
    const services = registry(simulatorUrl, options.services, options.onlyServices);
    await writeFile(servicesFile, JSON.stringify(services, null, 2));
    const settings = {
      STORE_URL: `sqlite:${join(folder, 'wes.db')}`,
      REDIS_URL: (await options.redisThrough?.(redisUrl)) ?? redisUrl,
      SERVICES_FILE: servicesFile,
      LOG_FORMAT: 'json',
      ...options.settings,
    };

    const numbers = {
      web: 0,
      worker: 0,
      reconciler: 0,
      relay: 0,
      events: 0,
      monitor: 0,
      releaser: 0,
    };
    const roleOf = new Map<ChildProcess, EngineRole>();
    const failed: string[] = [];
    const running = (role: EngineRole) =>
      started.filter((child) => roleOf.get(child) === role && child.isRunning());
    const start = async (role: EngineRole, env: Readonly<Record<string, string>>) => {
      numbers[role] += 1;
      const name = `${role}-${numbers[role]}`;
      const logFile = join(folder, `${name}.log`);
      const child = await startChild({
        name,
        script: [`workers/${role}.ts`],
        nodeArguments: options.nodeArguments ?? [],
        env: { ...settings, ...env },
        logFile,
      });
      started.push(child);
      roleOf.set(child, role);
      const judge = ({ code }: Exit) => code && failed.push(`${name} ended with ${code}`);
      child.ended.then(judge, () => undefined);
      return { child, up: await child.waitForLog(UP[role]) };
    };

    const counts = {
      web: 1,
      worker: 1,
      reconciler: 1,
      relay: 0,
      events: 0,
      monitor: 0,
      releaser: 0,
      ...options.counts,
    };
    const wanted = ROLES.flatMap((role) => Array.from({ length: counts[role] }, () => role));
    const ups = await Promise.all(wanted.map((role) => start(role, { PORT: '0' })));
    const webUrl = ups.find(({ up }) => up[1] !== undefined)?.up[1] ?? '';

    return {
      folder,
      redisUrl,
      webUrl,
      api: engineApi(webUrl),
      simulator: simulatorControl(simulatorUrl),
      running,
      failed: () => failed,
      async start(role, ownSettings = {}) {
        const keepsPort = role === 'web' && running('web').length === 0;
        const env = { PORT: keepsPort ? new URL(webUrl).port : '0' };
        return (await start(role, { ...env, ...ownSettings })).child;
      },
      async killRedis() {
        const { processId } = await probeRedis(redisUrl);
        if (redis?.how !== 'started') throw new Error('this Redis is not a process of ours');
        process.kill(processId, 'SIGKILL');
        await redis.stop();
      },
      async restartRedis() {
        redis = await startRedis({ mode: 'own', dataDir, port });
      },
      stop,
      discard: () => rm(folder, { recursive: true, force: true }),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startSimulator(
  folder: string,
  { faults = {}, seed = 1 }: EngineOptions,
  started: ChildProcess[],
): Promise<string> {
  const faultsFile = join(folder, 'faults.json');
  await writeFile(faultsFile, JSON.stringify(faults, null, 2));
  const simulator = await startChild({
    name: 'simulator',
    script: ['simulator/main.ts'],
    env: { PORT: '0', SIM_SEED: String(seed), SIM_FAULTS: faultsFile },
    logFile: join(folder, 'simulator.log'),
  });
  started.push(simulator);
  const [, url = ''] = await simulator.waitForLog(/services at (http:\/\/[\w.:[\]-]+)/);
  return url;
}
