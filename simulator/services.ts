import { FLOOR } from '#simulator/catalogue/floor.ts';
import { INBOUND } from '#simulator/catalogue/inbound.ts';
import { ORDERS_AND_STOCK } from '#simulator/catalogue/orders-and-stock.ts';
import { OUTBOUND } from '#simulator/catalogue/outbound.ts';
import { PICK_AND_PACK } from '#simulator/catalogue/pick-and-pack.ts';
import { SUPPORT } from '#simulator/catalogue/support.ts';
import { spellingsOf } from '#simulator/operation.ts';
import type { Operation } from '#simulator/operation.ts';

export type Catalogue = ReadonlyMap<string, readonly Operation[]>;

/** The 26 services of SPEC 7 and what each can be asked. */
export const CATALOGUE: Catalogue = new Map(
  Object.entries({
    ...ORDERS_AND_STOCK,
    ...FLOOR,
    ...PICK_AND_PACK,
    ...INBOUND,
    ...OUTBOUND,
    ...SUPPORT,
  }),
);

/** Settings of a service in the registry (SPEC 9); what is absent is the engine's default. */
export type ServiceSettings = {
  readonly timeoutMs?: number;
  readonly concurrency?: number;
  readonly rateLimit?: { readonly max: number; readonly perMs: number };
  readonly breaker?: {
    readonly failureRate?: number;
    readonly window?: number;
    readonly minimumCalls?: number;
    readonly consecutiveFailures?: number;
    readonly openMs?: number;
    readonly halfOpenCalls?: number;
  };
  readonly headers?: Readonly<Record<string, string>>;
  readonly aliases?: readonly string[];
  readonly load?: string;
};

export type ServiceEntry = ServiceSettings & {
  readonly instances: readonly string[];
  /** Every operation name that a definition may use, undo operations and `name(VARIANT)` spellings included. */
  readonly operations: readonly string[];
};

/** SPEC 9's format, as SERVICES_FILE holds it. */
export type ServiceRegistry = { readonly services: Readonly<Record<string, ServiceEntry>> };

/**
 * The registry by which an engine finds the simulated services.
 * @param baseUrl of the simulator, e.g. `http://127.0.0.1:8090`
 * @param settings for every service
 * @param only for single services, over `settings`
 */
export function registry(
  baseUrl: string,
  settings: ServiceSettings = {},
  only: Readonly<Record<string, ServiceSettings>> = {},
): ServiceRegistry {
  const root = baseUrl.replace(/\/+$/, '');
  const entries = [...CATALOGUE].map(([name, operations]): [string, ServiceEntry] => [
    name,
    {
      ...settings,
      ...only[name],
      instances: [`${root}/${name}`],
      operations: operations.flatMap(spellingsOf),
    },
  ]);
  return { services: Object.fromEntries(entries) };
}

/** The operation of that name or `name(VARIANT)` spelling; undefined: the service has none. */
export function findOperation(service: string, spelling: string): Operation | undefined {
  const name = spelling.replace(/\(.*\)$/, '');
  return CATALOGUE.get(service)?.find((operation) => operation.name === name);
}
