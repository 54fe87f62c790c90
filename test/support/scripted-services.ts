import type {
  BreakerStatus,
  CallResult,
  ServiceCall,
  ServiceCaller,
} from '#application/ports/service-caller.ts';
import type { JsonObject } from '#domain/json.ts';
import { classifyStatus } from '#domain/policy/error-classification.ts';

/** What becomes of one call: its result, or how to find it. A promise keeps the call under way. */
export type Scripted = CallResult | ((call: ServiceCall) => CallResult | Promise<CallResult>);

/** A fake: services that answer as they are told to, and remember what they were asked. */
export type ScriptedServices = ServiceCaller & {
  readonly calls: readonly ServiceCall[];
  /** What the next calls of an operation lead to, first to last; where the script is at its end all goes well. */
  script(operation: string, ...results: readonly Scripted[]): void;
  showBreakers(...breakers: readonly BreakerStatus[]): void;
};

/** @param serviceNames those that definitions may name, with any operation */
export function createScriptedServices(...serviceNames: readonly string[]): ScriptedServices {
  const calls: ServiceCall[] = [];
  const scripts = new Map<string, Scripted[]>();
  let breakers: readonly BreakerStatus[] = [];
  return {
    calls,
    script(operation, ...results) {
      scripts.set(operation, [...(scripts.get(operation) ?? []), ...results]);
    },
    showBreakers(...shown) {
      breakers = shown;
    },
    async call(call) {
      calls.push(call);
      const next = scripts.get(call.operation)?.shift() ?? replied({ of: call.operation });
      return typeof next === 'function' ? await next(call) : next;
    },
    breakers: () => breakers,
    catalogue: () => new Map(serviceNames.map((name) => [name, { operations: null }])),
    close: async () => {},
  };
}

export function replied(reply: JsonObject = {}): CallResult {
  return { kind: 'replied', reply };
}

type Failed = CallResult & { readonly kind: 'failed' };

/** The service answers with this status, which is no success. */
export function answered(status: number, retryAfterMs: number | null = null): Failed {
  const meaning = classifyStatus(status);
  if (meaning === null) throw new Error(`${status} is a success`);
  return { kind: 'failed', ...meaning, status, message: `answered ${status}`, retryAfterMs };
}

/** The request was sent and no answer came. */
export const LOST: Failed = {
  kind: 'failed',
  errorType: 'TIMEOUT',
  recoverable: true,
  message: 'no answer',
  status: null,
  outcome: 'unknown',
  retryAfterMs: null,
};

/** No connection came about. */
export const UNREACHABLE: Failed = {
  ...LOST,
  errorType: 'NETWORK_ERROR',
  message: 'no connection',
  outcome: 'not-applied',
};

/** The service has left the registry: no call was made. */
export const NOT_IN_REGISTRY: Failed = {
  ...LOST,
  errorType: 'RESOURCE_NOT_FOUND',
  recoverable: false,
  message: 'no such service',
  outcome: 'not-applied',
};
