import { z } from 'zod';
import { LOG_FORMATS, LOG_LEVELS } from '#adapters/telemetry/logger.ts';
import { HAND_OVERS } from '#application/dispatch.ts';
import { kafkaSettings } from '#composition/kafka-settings.ts';
import { releaseSettings } from '#composition/release-settings.ts';
import { oneOf, text, wholeNumber } from '#composition/setting-kinds.ts';

/**
 * All environment variables that the engine reads (SPEC 9, and what its parts need); times are ms.
 * Each is described in words that complete "NAME must be ...". A 'custom' issue speaks for itself instead.
 */
export const settingsSchema = z.object({
  /** Where API, console and Bull Board listen. */
  HOST: text(/^[\w.:-]+$/, 'a host name or address to listen on').default('127.0.0.1'),
  /** 0: any free one. */
  PORT: wholeNumber(0, 65_535).default(8080),

  STORE_URL: z
    .string()
    .transform(storeLocation)
    .describe('sqlite:<path>, mongodb://[user:password@]host[:port]/<database> or memory:')
    .default({ kind: 'sqlite', path: 'data/wes.db' }),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .describe('redis://[user:password@]host[:port][/db], or rediss:// for TLS')
    .optional(),
  /** For a Redis that the engine starts itself. */
  REDIS_DATA_DIR: text(/./, 'a folder').default('data/redis'),
  ...kafkaSettings,
  ...releaseSettings,

  /** Unset: the registry of the simulator. */
  SERVICES_FILE: text(/./, 'a JSON file with the registry of services').optional(),
  DEFINITIONS_DIR: text(/./, 'a folder with workflow definitions').default('definitions'),

  /** What happens on which event of a service, whichever way it comes. */
  TRIGGERS_FILE: text(/./, 'a JSON file with triggers').default('config/triggers.json'),

  /** Jobs at once, per queue. */
  WORKER_CONCURRENCY: wholeNumber(1, 10_000).default(50),
  /** All keys in Redis begin with it; the braces keep them on one node of a cluster. */
  QUEUE_PREFIX: text(/^[\w{}.-]{1,64}$/, 'up to 64 letters, digits and {}._-').default('{wes}'),
  /** States of active workflows that a process keeps in memory, some KB each; 0: none. */
  STATE_CACHE_SIZE: wholeNumber(0, 1_000_000).default(5000),
  /** States of active workflows that all processes keep in Redis for one another; 0: none (ADR 19 says what it gains). */
  SHARED_STATE_CACHE_SIZE: wholeNumber(0, 1_000_000).default(0),
  /** How long a process waits for another that is at the same workflow; 0: they take no turns (ADR 19). */
  WORKFLOW_LOCK_WAIT_MS: wholeNumber(0, 1000).default(0),
  /** How often the reconciler looks for what is overdue. */
  RECONCILE_INTERVAL_MS: wholeNumber(10, 3_600_000).default(1000),
  /** How long a dispatched job may be silent before the reconciler looks at its workflow. */
  DISPATCH_SLACK_MS: wholeNumber(100, 86_400_000).default(10_000),
  /** When the job of a segment's next step comes into the queue (ADR 4). */
  STEP_HANDOVER: oneOf(HAND_OVERS).default('early'),
  /** What runs at SIGTERM may finish within this time. */
  SHUTDOWN_GRACE_MS: wholeNumber(0, 600_000).default(10_000),

  LOG_LEVEL: oneOf(LOG_LEVELS).default('info'),
  /** Unset: pretty on a terminal, else json. */
  LOG_FORMAT: oneOf(LOG_FORMATS).optional(),

  BULL_BOARD_USER: text(/^[^:]+$/, 'a user name without a colon').default('admin'),
  BULL_BOARD_PASSWORD: text(/./, 'a password').optional(),
  BULL_BOARD_ALLOW_CHANGES: z
    .enum(['true', 'false'])
    .transform((word) => word === 'true')
    .describe('true or false')
    .default(false),
});

export type Settings = z.output<typeof settingsSchema>;
type SettingName = keyof Settings;

/** @returns what a setting may be, in words that complete "NAME must be ..." */
export function allowedValues(setting: string): string {
  const schemas: Readonly<Record<string, z.ZodDefault | z.ZodOptional>> = settingsSchema.shape;
  const schema = schemas[setting]?.unwrap();
  return (schema instanceof z.ZodType && schema.description) || 'something else';
}

/** Their values may hold a password: they are shown nowhere. */
export const SECRET_SETTINGS: ReadonlySet<string> = new Set<SettingName>([
  'STORE_URL',
  'REDIS_URL',
  'BULL_BOARD_PASSWORD',
]);

export type StoreLocation =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'mongodb'; readonly url: string }
  | { readonly kind: 'memory' };

function storeLocation(url: string, context: z.RefinementCtx): StoreLocation {
  if (url === 'memory:') return { kind: 'memory' };
  if (/^sqlite:./.test(url)) return { kind: 'sqlite', path: url.slice('sqlite:'.length) };
  if (/^mongodb(\+srv)?:/.test(url)) return { kind: 'mongodb', url };
  context.addIssue({ code: 'invalid_format', format: 'store', input: url });
  return z.NEVER;
}
