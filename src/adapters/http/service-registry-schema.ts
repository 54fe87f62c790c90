import { z } from 'zod';
import { DEFAULT_BREAKER } from '#domain/policy/circuit-breaker.ts';

/** SPEC 3 */
const CALL_TIMEOUT_MS = 5000;
/** The longest delay a timer of Node can hold. */
const LONGEST_MS = 2 ** 31 - 1;

/** Names become part of queue names and Redis keys, where ':' and spaces do not belong. */
const SERVICE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e]*$/;
const ABSOLUTE_PATH = /^\/[^\s#]*$/;

/** Headers that a call makes itself, and those that belong to the connection. */
const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  'idempotency-key',
  'x-workflow-id',
  'x-step-id',
  'x-correlation-id',
  'traceparent',
  'accept',
  'accept-encoding',
  'content-type',
  'content-length',
  'content-encoding',
  'host',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
  'trailer',
]);

const serviceName = z.string().regex(SERVICE_NAME, {
  error:
    'must be letters, digits, dots, dashes and underscores, 1 to 100, beginning with a letter or digit',
});
const positive = z.int().min(1);
const duration = positive.max(LONGEST_MS);

const instance = z.string().check((context) => {
  const fault = instanceFault(context.value);
  if (fault !== null) {
    context.issues.push({ code: 'custom', input: context.value, message: fault });
  }
});

const breaker = z
  .strictObject({
    failureRate: z.number().gt(0).max(1).default(DEFAULT_BREAKER.failureRate),
    window: positive.max(1000).default(DEFAULT_BREAKER.window),
    minimumCalls: positive.default(DEFAULT_BREAKER.minimumCalls),
    consecutiveFailures: positive.max(1000).default(DEFAULT_BREAKER.consecutiveFailures),
    openMs: duration.default(DEFAULT_BREAKER.openMs),
    halfOpenCalls: positive.max(1000).default(DEFAULT_BREAKER.halfOpenCalls),
  })
  .refine((config) => config.minimumCalls <= config.window, {
    path: ['minimumCalls'],
    error: 'must not exceed window: the rate would never count',
  });

const headers = z
  .record(z.string(), z.string().regex(HEADER_VALUE, { error: 'must be printable ASCII' }))
  .check((context) => {
    const seen = new Set<string>();
    for (const name of Object.keys(context.value)) {
      const fault = headerNameFault(name, seen);
      seen.add(name.toLowerCase());
      if (fault !== null) {
        context.issues.push({ code: 'custom', input: name, path: [name], message: fault });
      }
    }
  });

const service = z.strictObject({
  instances: z.array(instance).min(1),
  timeoutMs: duration.default(CALL_TIMEOUT_MS),
  concurrency: positive.nullable().default(null),
  rateLimit: z.strictObject({ max: positive, perMs: duration }).nullable().default(null),
  breaker: breaker.default(DEFAULT_BREAKER),
  headers: headers.default({}),
  aliases: z.array(serviceName).default([]),
  load: z
    .string()
    .regex(ABSOLUTE_PATH, { error: 'must be an absolute path' })
    .nullable()
    .default(null),
  operations: z.array(z.string().min(1)).nullable().default(null),
});

/** SERVICES_FILE (SPEC 9), and beside it `operations`: the names a definition may call; absent, any. */
export const servicesFile = z.strictObject({ services: z.record(serviceName, service) });

export type ServiceConfig = z.output<typeof service>;

function instanceFault(value: string): string | null {
  if (!URL.canParse(value)) return 'must be an absolute URL like http://10.0.0.7:8080';
  const url = new URL(value);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must be http or https';
  if (url.username !== '' || url.password !== '') {
    return 'must not hold credentials: put them into headers';
  }
  if (url.search !== '' || url.hash !== '' || /[?#]$/.test(value)) {
    return 'must have neither query nor fragment';
  }
  return null;
}

function headerNameFault(name: string, seen: ReadonlySet<string>): string | null {
  if (!HEADER_NAME.test(name)) return 'is no header name';
  if (RESERVED_HEADERS.has(name.toLowerCase())) return 'is set by the engine itself';
  return seen.has(name.toLowerCase()) ? 'is given twice' : null;
}
