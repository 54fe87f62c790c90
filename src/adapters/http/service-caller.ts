import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { callBegan, callEnded, takeTally } from '#adapters/http/call-meter.ts';
import { exchange } from '#adapters/http/exchange.ts';
import {
  createInstances,
  isPassedOver,
  pickInstance,
  steerInstances,
  type Instance,
} from '#adapters/http/instances.ts';
import { failure, judge } from '#adapters/http/judge.ts';
import { callHeaders, fixedHeaders } from '#adapters/http/request-headers.ts';
import { makeTarget } from '#adapters/http/make-target.ts';
import type { RequestTarget } from '#adapters/http/request-target.ts';
import {
  breakerOutcome,
  ServiceBreaker,
  type BreakerChange,
} from '#adapters/http/service-breaker.ts';
import type { Service, ServiceRegistry } from '#adapters/http/service-registry.ts';
import { NO_REGISTER, type BreakerRegister } from '#application/ports/breaker-board.ts';
import type { Clock } from '#application/ports/clock.ts';
import { serviceLoad, type CallTally, type LoadView } from '#application/ports/load-board.ts';
import type {
  BreakerStatus,
  CallResult,
  ServiceCall,
  ServiceCaller,
} from '#application/ports/service-caller.ts';
import type { CallOutcome } from '#domain/policy/circuit-breaker.ts';
import { afterCall } from '#domain/policy/instance-choice.ts';

export type ServiceCallerOptions = {
  readonly registry: ServiceRegistry;
  readonly clock: Clock;
  /** Where all processes agree on their breakers; by default this one stands alone. */
  readonly register?: BreakerRegister;
  /** Told of every change of a breaker's state; what it throws is ignored. */
  readonly onBreakerChange?: (change: BreakerChange) => void;
};

/** All that the calls of one service share. */
type Channel = {
  readonly service: Service;
  readonly breaker: ServiceBreaker;
  readonly instances: readonly Instance[];
  readonly headers: readonly string[];
  turn: number;
};

/** What a timer of Node can hold. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
/** How long calls under way may still take when the caller is closed. */
const CLOSE_GRACE_MS = 2000;

/** A caller that counts what it does. */
export type MeteredCaller = ServiceCaller & {
  /** What was seen of each instance since the start; begins a new peak of calls under way. For one asker only. */
  takeTallies(): readonly CallTally[];
  /** Takes in what the monitor says of instances; null: nothing. */
  steer(view: LoadView | null): void;
  /** Takes in what other processes know of breakers, and tells them what they don't; once a second or so. */
  syncBreakers(): Promise<void>;
};

/** A caller of the services in a registry; to be closed when done with. */
export function createServiceCaller(options: ServiceCallerOptions): MeteredCaller {
  return new HttpServiceCaller(options);
}

/**
 * Calls services over HTTP (SPEC 9), each behind its breaker (SPEC 3).
 *
 * It owns one pool of connections per origin. A pool has no limit of its own: a connection carries one call at a time, and
 * how many calls there are at once is for the queues to say (`concurrency`, WORKER_CONCURRENCY). A limit here would let calls
 * wait, unseen and with their time running, behind those of another service at the same origin.
 */
class HttpServiceCaller implements MeteredCaller {
  readonly #registry: ServiceRegistry;
  readonly #clock: Clock;
  readonly #register: BreakerRegister;
  readonly #channels = new Map<Service, Channel>();
  readonly #pools = new Map<string, Pool>();

  constructor(options: ServiceCallerOptions) {
    const { registry, clock, onBreakerChange, register = NO_REGISTER } = options;
    this.#registry = registry;
    this.#clock = clock;
    this.#register = register;
    const report = (change: BreakerChange): void => {
      try {
        onBreakerChange?.(change);
      } catch {
        // An observer that fails must not fail the call that it observes.
      }
    };
    for (const service of registry.services) {
      this.#channels.set(service, {
        service,
        breaker: new ServiceBreaker(service.name, service.breaker, clock.now(), register, report),
        instances: createInstances(service.instances),
        headers: fixedHeaders(service.headers),
        turn: 0,
      });
      for (const { origin } of service.instances) this.#openPool(origin);
    }
  }

  /** Makes one call; the breaker counts it. A fault of the call itself (a path that can't be filled) never reaches the breaker. */
  async call(call: ServiceCall): Promise<CallResult> {
    const service = this.#registry.find(call.serviceName);
    const channel = service && this.#channels.get(service);
    if (!channel) {
      const message = `no service named ${call.serviceName} is in the registry`;
      return failure('RESOURCE_NOT_FOUND', 'not-applied', { message });
    }
    const made = makeTarget(call);
    if ('kind' in made) return made;
    const now = () => this.#clock.now();
    const admission = channel.breaker.admit(now()) ?? (await channel.breaker.ask(now));
    if (admission.kind === 'parked') {
      const reason = `${channel.service.name}: ${admission.reason}`;
      return { kind: 'parked', untilMs: admission.until, reason };
    }
    const { result, outcome } = await this.#send(call, made, channel);
    const agreed = channel.breaker.settle(admission.ticket, outcome, now);
    if (agreed !== null) await agreed;
    return result;
  }

  breakers(): readonly BreakerStatus[] {
    const now = this.#clock.now();
    return Array.from(this.#channels.values(), ({ breaker }) => breaker.status(now));
  }

  async syncBreakers(): Promise<void> {
    const channels = [...this.#channels.values()];
    const before = channels.map(({ breaker }) => breaker.agreements());
    const states = await this.#register.readAll();
    if (states === null) return;
    const current = channels.filter(({ breaker }, index) => breaker.agreements() === before[index]);
    await Promise.all(
      current.map(({ service, breaker }) =>
        breaker.sync(states.get(service.name) ?? null, () => this.#clock.now()),
      ),
    );
  }

  steer(view: LoadView | null): void {
    const now = this.#clock.now();
    for (const { service, instances } of this.#channels.values()) {
      steerInstances(instances, serviceLoad(view, service.name, now));
    }
  }

  takeTallies(): readonly CallTally[] {
    return [...this.#channels.values()].flatMap(({ service, instances }) =>
      instances.map(({ address, meter }) => takeTally(service.name, address.url, meter)),
    );
  }

  /** Names and aliases of all services. */
  catalogue(): ReadonlyMap<string, { readonly operations: ReadonlySet<string> | null }> {
    return new Map(
      this.#registry.services.flatMap((service) =>
        [service.name, ...service.aliases].map((name) => [name, service] as const),
      ),
    );
  }

  /** Lets calls under way finish for two seconds, then breaks them off; their outcome is unknown. Later calls fail unsent. */
  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    const closed = Promise.allSettled(pools.map((pool) => pool.close()));
    await Promise.race([closed, delay(CLOSE_GRACE_MS, undefined, { ref: false })]);
    await Promise.allSettled(pools.map((pool) => pool.destroy()));
  }

  /** @returns what came of it, and what that says of the service */
  async #send(
    call: ServiceCall,
    target: RequestTarget,
    channel: Channel,
  ): Promise<{ readonly result: CallResult; readonly outcome: CallOutcome }> {
    const { service } = channel;
    channel.turn += 1;
    const instance = pickInstance(channel.instances, channel.turn, this.#clock.now());
    const pool = instance && this.#pools.get(instance.address.origin);
    if (!instance || !pool) {
      const message = `${service.name} has no instance`;
      return { result: failure('INTERNAL_ERROR', 'not-applied', { message }), outcome: 'neutral' };
    }
    const { address } = instance;
    const timeoutMs = Math.min(call.timeoutMs ?? service.timeoutMs, LONGEST_TIMEOUT_MS);
    callBegan(instance.meter);
    const begunAt = performance.now();
    const end = await exchange(
      pool,
      {
        method: target.method,
        path: address.basePath + target.path,
        headers: callHeaders(channel.headers, call, target.body !== null),
        body: target.body,
      },
      call.replyNeeded ? 'reply' : 'status',
      timeoutMs,
    );
    const latencyMs = performance.now() - begunAt;
    const asked = {
      whom: `${service.name} (${address.url})`,
      what: `${target.method} ${target.path.split('?', 1)[0]}`,
      replyNeeded: call.replyNeeded,
      timeoutMs,
    };
    const now = this.#clock.now();
    const result = judge(end, asked, now);
    const outcome = breakerOutcome(result);
    callEnded(instance.meter, latencyMs, outcome === 'failure');
    const passedOver = isPassedOver(instance, channel.instances, now);
    instance.standing = afterCall(
      instance.standing,
      isUnreachable(result) ? 'unreachable' : outcome,
      now,
    );
    return { result, outcome: passedOver ? 'neutral' : outcome };
  }

  #openPool(origin: string): void {
    if (this.#pools.has(origin)) return;
    // No time limits of undici's: the exchange has one for the whole. HTTP/1.1 only: what "sent" means is known there.
    const pool = new Pool(origin, { allowH2: false, headersTimeout: 0, bodyTimeout: 0 });
    this.#pools.set(origin, pool);
  }
}

/** No connection came about: there was nobody to say no. */
function isUnreachable(result: CallResult): boolean {
  return (
    result.kind === 'failed' &&
    result.errorType === 'NETWORK_ERROR' &&
    result.outcome === 'not-applied'
  );
}
