import { shareOf, type LoadReading, type ServiceHealth } from '#domain/policy/load-score.ts';
import type { SystemLoad } from '#domain/policy/system-load.ts';

/** What a process has seen of one instance of a service. Counters run from the start of the process: a lost heartbeat loses none. */
export type CallTally = {
  readonly serviceName: string;
  /** URL of the instance, as configured. */
  readonly instance: string;
  readonly calls: number;
  /** Of these, such as count against the service's breaker. */
  readonly failures: number;
  /** Sum over all calls. */
  readonly latencyMs: number;
  /** Under way now, and the most at a time since the heartbeat before. */
  readonly inFlight: number;
  readonly peakInFlight: number;
};

/** A sign of life of one process, about once a second, with all that it measures. */
export type Heartbeat = {
  readonly processId: string;
  /** What it is: worker, web, engine, ... */
  readonly name: string;
  /** epoch ms */
  readonly at: number;
  /** The queues that it serves, and how many jobs of each at once. */
  readonly queues: readonly { readonly queue: string; readonly concurrency: number }[];
  /** 0..100, of one core */
  readonly cpuPercent: number;
  /** 0..100, of the memory that it may use */
  readonly memoryPercent: number;
  /** 0..1: how busy its event loop is. */
  readonly loopUtilization: number;
  /** Mean lateness of its event loop. */
  readonly loopDelayMs: number;
  readonly calls: readonly CallTally[];
};

export type InstanceLoad = {
  readonly url: string;
  /** What it says itself, what we see of it, or nothing that could be used for 15 s. */
  readonly source: 'reported' | 'measured' | 'unknown';
  /** null: unknown */
  readonly reading: LoadReading | null;
  /** 0..100; null: unknown */
  readonly score: number | null;
  /** An instance of which nothing is known accepts work. */
  readonly acceptsWork: boolean;
  /** Share of the calls that it should get, 1 by default; moved by a rebalancing. */
  readonly weight: number;
};

export type ServiceLoad = {
  readonly serviceName: string;
  readonly health: ServiceHealth | 'UNKNOWN';
  /** Means over the instances that are known; null: none is. */
  readonly score: number | null;
  readonly errorRate: number | null;
  readonly averageResponseTimeMs: number | null;
  /** Jobs that wait in its queue. */
  readonly queueDepth: number;
  /** Free capacity of its instances, 0..100; null: unknown. */
  readonly freeCapacity: number | null;
  readonly instances: readonly InstanceLoad[];
  readonly throttle: ThrottleView;
};

/** How many calls at once a service gets now, over all processes. */
export type ThrottleView = {
  readonly limit: number;
  /** The most that it would get. */
  readonly ceiling: number;
  /** Latency of the service when it is not pressed; null: not known yet. */
  readonly baselineMs: number | null;
  /** epoch ms of the last change */
  readonly since: number;
  /** Why the limit is what it is, for people. */
  readonly reason: string;
};

/** Waiting calls spread anew, with the load before and after as measured. Utilizations are 0..1. */
export type Rebalance = {
  readonly at: number;
  readonly previousUtilization: number;
  readonly currentUtilization: number;
  readonly targetUtilization: number;
  /** Workflows with a job that waited for one of the services whose shares were shifted. */
  readonly workflowsRebalanced: number;
  /** Score 0..100 of each service that is known, measured after it. */
  readonly serviceLoads: Readonly<Record<string, number>>;
  readonly reason: string;
  /** The requests that it answers; none: the rule of SPEC 4 wanted it. */
  readonly requestIds: readonly string[];
};

/** Somebody wants the load spread anew. */
export type RebalanceRequest = {
  readonly id: string;
  /** 0..1; null: by the rule of SPEC 4 */
  readonly targetUtilization: number | null;
  /** epoch ms */
  readonly at: number;
};

/** All that the monitor knows, as of one moment. */
export type LoadView = {
  /** epoch ms */
  readonly at: number;
  readonly system: SystemLoad;
  readonly services: readonly ServiceLoad[];
  readonly lastRebalance: Rebalance | null;
};

/**
 * Where the processes tell of their load and read that of the system (Redis). Nothing hangs on it: it can be wiped, and what can't
 * be written now is written a second later. No method throws while it is away.
 *
 * `test/contracts/load-board.ts` holds every adapter to this.
 */
export interface LoadBoard {
  /** @returns what became of it; 'wiped': what this process had written before was no longer there */
  beat(heartbeat: Heartbeat): Promise<'heard' | 'wiped' | 'away'>;
  /** Signs of life of the last HEARTBEAT_STALE_MS, in the order of their process ids. */
  heartbeats(): Promise<readonly Heartbeat[]>;
  /** The process goes: its heartbeat is no longer shown. */
  leave(processId: string): Promise<void>;
  /**
   * Shows the view of the monitor that leads.
   * @param fence of its lease
   * @returns false: refused, a later leader has published; nothing can be said while the board is away, which is true
   */
  publish(view: LoadView, fence: number): Promise<boolean>;
  /** Asks the monitor that leads for a rebalancing. @returns false: the board is away, nobody will hear of it */
  request(request: RebalanceRequest): Promise<boolean>;
  /** Takes all requests of the last REQUEST_STALE_MS, in their order: nobody else gets them. */
  takeRequests(): Promise<readonly RebalanceRequest[]>;
  /** The latest view, however old (`at`): see `currentView`; null: there is none, or the board is away. */
  view(): Promise<LoadView | null>;
}

/** A process that is silent for so long is dead, or cut off. */
export const HEARTBEAT_STALE_MS = 10_000;

/** Whoever asked has given up by then. */
export const REQUEST_STALE_MS = 15_000;

/** A view that old says nothing any more: no monitor has been at work. */
const VIEW_STALE_MS = 15_000;

/** The view, if it still says how things are; null: unknown. A view from the future is of a clock that went wrong. */
export function currentView(view: LoadView | null, now: number): LoadView | null {
  if (view === null) return null;
  return Math.abs(now - view.at) <= VIEW_STALE_MS ? view : null;
}

/** Load of the system, 0..1; null: unknown. */
export function systemUtilization(view: LoadView | null): number | null {
  const newest = view?.system.snapshots.at(-1);
  return newest === undefined ? null : shareOf(newest.score);
}

/** What is known of a service; null: nothing that is current. */
export function serviceLoad(
  view: LoadView | null,
  serviceName: string,
  now: number,
): ServiceLoad | null {
  const services = currentView(view, now)?.services;
  return services?.find((service) => service.serviceName === serviceName) ?? null;
}
