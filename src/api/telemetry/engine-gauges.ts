import type { Registry } from '@prometheus-io/client';
import type { EngineMetrics, Orchestration, SystemHealth } from '#application/orchestration.ts';
import { gaugeMaker } from '#api/telemetry/gauge-maker.ts';
import { createLoadGauges } from '#api/telemetry/load-gauges.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';

const BREAKER_STATES = ['closed', 'open', 'half-open'] as const;

/**
 * The engine's own figures as gauges of a registry.
 * @returns brings them up to date; figures that can't be had now are absent rather than old
 */
export function createEngineGauges(
  orchestration: Pick<Orchestration, 'getSystemHealth' | 'getLoadMetrics'>,
  registry: Registry,
): () => Promise<void> {
  const gauge = gaugeMaker(registry);

  const workflows = gauge('workflows', 'Workflows by status', 'status');
  const active = gauge('workflows_active', 'Active workflows by priority', 'priority');
  const jobs = gauge('queue_jobs', 'Jobs by queue and state', 'queue', 'state');
  const paused = gauge('queue_paused', '1: the queue is paused', 'queue');
  const load = gauge(
    'system_load',
    'Load of all services, 0..1 (of this process while no monitor is at work)',
    'scope',
  );
  const meanMs = gauge('workflow_execution_ms', 'Execution time of completed workflows', 'measure');
  const further = gauge('figure', 'Further figures of the engine', 'name');
  const up = gauge('dependency_up', '1: it answers', 'dependency');
  const breaker = gauge('breaker_state', '1: the breaker is in this state', 'service', 'state');

  const backlog = gauge('event_backlog', 'Events of the log that are not on Kafka yet', 'bus');
  const backlogAge = gauge('event_backlog_age_seconds', 'Age of the oldest of them', 'bus');

  const counted = [workflows, active, jobs, paused, load, meanMs, further];
  const all = [...counted, up, breaker, backlog, backlogAge];

  const showLoad = createLoadGauges(registry);

  const showMetrics = ({
    counts,
    queues,
    systemLoad,
    load: systemView,
    additional,
  }: EngineMetrics) => {
    for (const [status, count] of Object.entries(counts.byStatus)) workflows.set({ status }, count);
    for (const [priority, count] of Object.entries(counts.activeByPriority)) {
      active.set({ priority }, count);
    }
    for (const { queue, ...depth } of queues ?? []) {
      for (const state of ['waiting', 'active', 'delayed'] as const) {
        jobs.set({ queue, state }, depth[state]);
      }
      paused.set({ queue }, depth.paused ? 1 : 0);
    }
    load.set({ scope: systemView === null ? 'process' : 'system' }, systemLoad);
    showLoad(systemView);
    if (counts.averageExecutionTimeMs !== null) {
      meanMs.set({ measure: 'mean' }, counts.averageExecutionTimeMs);
    }
    for (const [name, value] of Object.entries(additional)) further.set({ name }, value);
  };

  const showHealth = ({ dependencies, breakers, eventBacklog }: SystemHealth) => {
    if (eventBacklog !== null) {
      backlog.set({ bus: 'kafka' }, eventBacklog.events);
      backlogAge.set({ bus: 'kafka' }, eventBacklog.ageMs / 1000);
    }
    for (const [dependency, { status }] of Object.entries(dependencies)) {
      up.set({ dependency }, status === 'UP' ? 1 : 0);
    }
    for (const { serviceName, state: current } of breakers) {
      for (const state of BREAKER_STATES) {
        breaker.set({ service: serviceName, state }, state === current ? 1 : 0);
      }
    }
  };

  return async () => {
    const [health, metrics] = await Promise.all([
      orchestration.getSystemHealth(),
      orchestration.getLoadMetrics().catch(nullWhenStoreIsAway),
    ]);
    // Emptied and filled in one go: another scrape sees all of the old figures or all of the new ones.
    for (const each of all) each.reset();
    showHealth(health);
    if (metrics === null) showLoad(null);
    else showMetrics(metrics);
  };
}

/** A scrape must tell that the store is away, not fail because it is. */
function nullWhenStoreIsAway(error: unknown): null {
  if (error instanceof StoreUnavailableError) return null;
  throw error;
}
