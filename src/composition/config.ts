import type { LogFormat, LogLevel } from '#adapters/telemetry/logger.ts';
import type { HandOver } from '#application/dispatch.ts';
import { toKafkaConfig, type KafkaConfig } from '#composition/kafka-settings.ts';
import { toReleaseConfig, type ReleaseConfig } from '#composition/release-settings.ts';
import {
  allowedValues,
  SECRET_SETTINGS,
  type Settings,
  settingsSchema,
  type StoreLocation,
} from '#composition/settings.ts';

/** The settings by what they are for; times are ms. */
export type Config = {
  readonly http: { readonly host: string; readonly port: number };
  readonly store: StoreLocation;
  /** url null: found or started by the engine (startRedis). */
  readonly redis: { readonly url: string | null; readonly dataDir: string };
  /** null: no bus, events stay in the log. */
  readonly kafka: KafkaConfig | null;
  readonly release: ReleaseConfig;
  /** null: the registry of the simulator. */
  readonly servicesFile: string | null;
  readonly definitionsDir: string;
  readonly triggersFile: string;
  readonly worker: { readonly concurrency: number };
  /** Workflows; 0: no cache. */
  readonly stateCacheSize: number;
  /** Workflows, in Redis; 0: no cache. */
  readonly sharedStateCacheSize: number;
  /** 0: no locks. */
  readonly workflowLockWaitMs: number;
  readonly queuePrefix: string;
  readonly reconcileIntervalMs: number;
  readonly dispatchSlackMs: number;
  readonly handOver: HandOver;
  readonly shutdownGraceMs: number;
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
  /** password null: none was set. */
  readonly bullBoard: {
    readonly user: string;
    readonly password: string | null;
    readonly allowChanges: boolean;
  };
};

/** One setting that can't be used, in a sentence that names it and says what is allowed. Holds no secret. */
export type ConfigFault = { readonly setting: string; readonly message: string };

export type ConfigResult =
  | { readonly kind: 'valid'; readonly config: Config }
  | { readonly kind: 'invalid'; readonly faults: readonly ConfigFault[] };

/**
 * Reads all settings from an environment; every fault is reported, not only the first (SPEC 9).
 * A variable that is set to nothing counts as not set: that is how compose files and shells unset one.
 * @param onTerminal whether people read the log: decides its format where LOG_FORMAT does not
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  onTerminal: boolean,
): ConfigResult {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = settingsSchema.safeParse(given);
  if (result.success) return { kind: 'valid', config: toConfig(result.data, onTerminal) };
  const faults = new Map<string, ConfigFault>();
  for (const { code, message, path } of result.error.issues) {
    const setting = String(path[0]);
    if (faults.has(setting)) continue; // one sentence says all that is allowed
    const reason = code === 'custom' ? message : mustBe(setting, given[setting]);
    faults.set(setting, { setting, message: `${setting}: ${reason}` });
  }
  return { kind: 'invalid', faults: [...faults.values()] };
}

function mustBe(setting: string, value: string | undefined): string {
  const given = SECRET_SETTINGS.has(setting) ? '' : `, not ${JSON.stringify(value)}`;
  return `must be ${allowedValues(setting)}${given}`;
}

function toConfig(settings: Settings, onTerminal: boolean): Config {
  return {
    http: { host: settings.HOST, port: settings.PORT },
    store: settings.STORE_URL,
    redis: { url: settings.REDIS_URL ?? null, dataDir: settings.REDIS_DATA_DIR },
    kafka: toKafkaConfig(settings),
    release: toReleaseConfig(settings),
    servicesFile: settings.SERVICES_FILE ?? null,
    definitionsDir: settings.DEFINITIONS_DIR,
    triggersFile: settings.TRIGGERS_FILE,
    worker: { concurrency: settings.WORKER_CONCURRENCY },
    stateCacheSize: settings.STATE_CACHE_SIZE,
    sharedStateCacheSize: settings.SHARED_STATE_CACHE_SIZE,
    workflowLockWaitMs: settings.WORKFLOW_LOCK_WAIT_MS,
    queuePrefix: settings.QUEUE_PREFIX,
    reconcileIntervalMs: settings.RECONCILE_INTERVAL_MS,
    dispatchSlackMs: settings.DISPATCH_SLACK_MS,
    handOver: settings.STEP_HANDOVER,
    shutdownGraceMs: settings.SHUTDOWN_GRACE_MS,
    log: {
      level: settings.LOG_LEVEL,
      format: settings.LOG_FORMAT ?? (onTerminal ? 'pretty' : 'json'),
    },
    bullBoard: {
      user: settings.BULL_BOARD_USER,
      password: settings.BULL_BOARD_PASSWORD ?? null,
      allowChanges: settings.BULL_BOARD_ALLOW_CHANGES,
    },
  };
}
