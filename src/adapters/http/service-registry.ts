import type { ServiceConfig } from '#adapters/http/service-registry-schema.ts';
import type { BreakerConfig } from '#domain/policy/circuit-breaker.ts';

/** A place where a service answers. */
export type InstanceAddress = {
  /** As configured, without a slash at its end; for messages. */
  readonly url: string;
  /** scheme://host:port */
  readonly origin: string;
  /** Put before every path; '' or '/base'. */
  readonly basePath: string;
};

/** A service as the engine works with it: SPEC 9 after parsing, every default filled in. */
export type Service = {
  readonly name: string;
  /** The queue of its steps (DESIGN 2): `steps.<service>`. */
  readonly queueName: string;
  readonly instances: readonly InstanceAddress[];
  /** Of one call, unless the step says otherwise. */
  readonly timeoutMs: number;
  /** Calls at once, over all processes; null: no limit of its own. */
  readonly concurrency: number | null;
  readonly rateLimit: { readonly max: number; readonly perMs: number } | null;
  readonly breaker: BreakerConfig;
  /** Sent with every call. */
  readonly headers: Readonly<Record<string, string>>;
  readonly aliases: readonly string[];
  /** Path that answers LoadMetrics; null: it has none. */
  readonly loadPath: string | null;
  /** Names of the operations it offers; null: any. */
  readonly operations: ReadonlySet<string> | null;
};

export type ServiceRegistry = {
  /** By name, in the order of the file. */
  readonly services: readonly Service[];
  /** By name or alias. */
  find(nameOrAlias: string): Service | undefined;
};

/** The registry of these services, whose names and aliases must all differ. */
export function createServiceRegistry(services: readonly Service[]): ServiceRegistry {
  const byName = new Map<string, Service>();
  for (const service of services) {
    for (const name of [service.name, ...service.aliases]) byName.set(name, service);
  }
  return { services, find: (nameOrAlias) => byName.get(nameOrAlias) };
}

/** A service from its checked configuration. */
export function createService(name: string, config: ServiceConfig): Service {
  return {
    name,
    queueName: `steps.${name}`,
    instances: config.instances.map(addressOf),
    timeoutMs: config.timeoutMs,
    concurrency: config.concurrency,
    rateLimit: config.rateLimit,
    breaker: config.breaker,
    headers: config.headers,
    aliases: config.aliases,
    loadPath: config.load,
    operations: config.operations === null ? null : new Set(config.operations),
  };
}

function addressOf(instance: string): InstanceAddress {
  const { origin, pathname } = new URL(instance);
  const basePath = pathname.replace(/\/+$/, '');
  return { url: origin + basePath, origin, basePath };
}
