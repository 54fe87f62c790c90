import { z } from 'zod';
import {
  byName,
  count,
  fields,
  list,
  share,
  text,
  wholeNumber,
} from '#adapters/http/registry-values.ts';
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

const serviceName = text(
  SERVICE_NAME,
  'letters, digits, dots, dashes and underscores, 1 to 100, beginning with a letter or digit',
);
const duration = () => wholeNumber(LONGEST_MS);

const instance = text(/./, 'an absolute URL like http://10.0.0.7:8080').check((context) => {
  const fault = instanceFault(context.value);
  if (fault !== null) {
    context.issues.push({ code: 'custom', input: context.value, message: fault });
  }
});

const breaker = fields({
  failureRate: share().default(DEFAULT_BREAKER.failureRate),
  window: wholeNumber(1000).default(DEFAULT_BREAKER.window),
  minimumCalls: wholeNumber(1000).default(DEFAULT_BREAKER.minimumCalls),
  consecutiveFailures: wholeNumber(1000).default(DEFAULT_BREAKER.consecutiveFailures),
  openMs: duration().default(DEFAULT_BREAKER.openMs),
  halfOpenCalls: wholeNumber(1000).default(DEFAULT_BREAKER.halfOpenCalls),
}).refine((config) => config.minimumCalls <= config.window, {
  path: ['minimumCalls'],
  error: 'must not exceed window: the rate would never count',
});

const headers = byName(
  z.string(),
  text(HEADER_VALUE, 'printable ASCII'),
  'values by name of the header',
).check((context) => {
  const seen = new Set<string>();
  for (const name of Object.keys(context.value)) {
    const fault = headerNameFault(name, seen);
    seen.add(name.toLowerCase());
    if (fault !== null) {
      context.issues.push({ code: 'custom', input: name, path: [name], message: fault });
    }
  }
});

const service = fields({
  instances: list(instance, 'a list of one URL or more').min(1, {
    error: 'must be a list of one URL or more',
  }),
  timeoutMs: duration().default(CALL_TIMEOUT_MS),
  concurrency: count().nullable().default(null),
  rateLimit: fields({ max: count(), perMs: duration() }).nullable().default(null),
  breaker: breaker.default(DEFAULT_BREAKER),
  headers: headers.default({}),
  aliases: list(serviceName, 'a list of names').default([]),
  load: text(ABSOLUTE_PATH, 'an absolute path').nullable().default(null),
  operations: list(text(/./, 'a name'), 'a list of names').nullable().default(null),
});

/** SERVICES_FILE (SPEC 9; docs/services.md), and beside it `operations`: the names a definition may call; absent, any. */
export const servicesFile = fields({
  services: byName(serviceName, service, 'services by name'),
});

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
