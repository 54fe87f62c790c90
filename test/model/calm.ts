import assert from 'node:assert/strict';
import { eventStepsOf } from '#domain/definition/event-steps.ts';
import { awaitingSteps } from '#domain/workflow/awaited-event.ts';
import { stepDefinition, type WorkflowState } from '#domain/workflow/state.ts';
import { CLOCK_TOLERANCE_MS } from '#domain/workflow/timing.ts';
import { isTerminal } from '#domain/workflow/vocabulary.ts';
import type { Cluster } from '#test/model/cluster.ts';
import { isOwed, sentEvent } from '#test/model/model-events.ts';
import { give } from '#test/model/happen.ts';

/** How long a workflow may stand idle once nothing is in its way (issue: nothing idle for more than 15 s after recovery). */
const LONGEST_IDLE_MS = 15_000;
/** How long a queue may still be parked when the world becomes calm. */
const LONGEST_PARK_MS = 5000;
/** The longest that the engine lets anything wait of its own accord: the backoff of a step, a drain. */
const LONGEST_WAIT_MS = 60_000;
/** How often the reconciler comes. */
const SWEEP_MS = 1000;
/** More than any workflow of the model needs, whatever befell it before. */
const MOST_ROUNDS = 1000;

/**
 * From here on all goes well: nobody dies, nothing is lost, services answer at once, and events of which nobody has said that they
 * were received come again. Time moves on to whatever is due next, and the reconciler comes once a second.
 * @param areEventsSent whether steps get the events that they wait for
 * @throws AssertionError when a workflow stands idle, or never comes to rest
 */
export async function calmDown(cluster: Cluster, areEventsSent: boolean): Promise<void> {
  const { queue, services, clock } = cluster;
  queue.goAway(false);
  for (const pick of [0, 1]) cluster.process(pick).doom(null);
  // clocks that were put back by less than they may differ are waited for
  const notBefore = clock.now() + CLOCK_TOLERANCE_MS + LONGEST_PARK_MS;
  const progress = new Map<string, { readonly version: number; readonly at: number }>();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    cluster.findStalled();
    queue.ready().forEach((job, index) => cluster.deliver(job, cluster.process(index)));
    await cluster.settled();
    for (const pending of services.pending) services.answer(pending, 'well');
    await cluster.settled();
    if (areEventsSent) sendAwaited(cluster, round);
    for (const sent of cluster.events) {
      if (sent.reception === null) cluster.tell(sent, cluster.process(round));
    }
    await cluster.settled();
    cluster.launch(cluster.process(round).sweep());
    await cluster.settled();
    if (queue.ready().length > 0 || services.pending.length > 0) continue;
    for (const state of cluster.witness.states()) {
      const awaited = await awaitedUntil(cluster, state);
      checkNotIdle(state, Math.max(notBefore, awaited), clock.now(), progress);
    }
    const next = await nextMoment(cluster);
    if (next === null) return;
    await cluster.tick(Math.max(SWEEP_MS, next - clock.now()), 'well');
  }
  assert.fail(`no rest after ${MOST_ROUNDS} rounds`);
}

/** @param round makes each of them an event of its own */
function sendAwaited(cluster: Cluster, round: number): void {
  for (const state of cluster.witness.states()) {
    for (const { stepId, event } of awaitingSteps(state)) {
      const step = eventStepsOf(state.definition).find((one) => one.stepId === stepId);
      if (step === undefined) continue;
      const twin = 1000 + cluster.events.length + round;
      const sent = sentEvent(step.serviceName, event.key, step.completion.event, twin);
      cluster.tell(sent, cluster.process(round));
    }
  }
}

/** Until when the workflow may wait for events that have not come; those that were received must be taken. */
async function awaitedUntil({ store, events }: Cluster, state: WorkflowState): Promise<number> {
  const awaiting = awaitingSteps(state);
  if (awaiting.length === 0) return 0;
  const log = await store.readLog(state.workflowId, 0);
  const ends = awaiting.flatMap(({ stepId, event }) =>
    events.some((sent) => isOwed(sent, state, stepId, log)) ? [] : event.until,
  );
  return Math.max(0, ...ends);
}

/** @throws AssertionError for a workflow that should have gone on by now */
function checkNotIdle(
  state: WorkflowState,
  notBefore: number,
  now: number,
  progress: Map<string, { readonly version: number; readonly at: number }>,
): void {
  if (isAtRest(state)) return;
  const { workflowId, version, status } = state;
  const last = progress.get(workflowId);
  if (last?.version !== version) {
    progress.set(workflowId, { version, at: now });
    return;
  }
  const ownWaits = [state.drainUntil ?? 0];
  const waits: number[] = [];
  for (const { stepId, dueAt } of state.steps.values()) {
    if (dueAt === null) continue;
    const isWait = stepDefinition(state.definition, stepId).kind === 'wait';
    (isWait ? waits : ownWaits).push(dueAt);
  }
  // no clock that was put back makes these any longer
  const own = Math.min(Math.max(...ownWaits), last.at + LONGEST_WAIT_MS);
  const waitsUntil = Math.max(notBefore, last.at, own, ...waits);
  assert.ok(now - waitsUntil <= LONGEST_IDLE_MS, `idle for ${now - waitsUntil} ms while ${status}`);
}

/** Does it wait for an operator, or for nobody? */
function isAtRest(state: WorkflowState): boolean {
  if (state.status === 'EXECUTING' || state.status === 'COMPENSATING') return false;
  if (state.status === 'CANCELLED') return true;
  const underWay = [...state.steps.values()].filter((step) => step.status === 'EXECUTING');
  // calls of a paused workflow are reported whenever they end
  return !underWay.some((step) => step.forced || state.status === 'FAILED');
}

/** When something is due next, epoch ms; null: nothing will ever move again. */
async function nextMoment({ store, queue, services }: Cluster): Promise<number | null> {
  const heads = await store.overdue(Number.MAX_SAFE_INTEGER, 1000);
  const times = [
    ...heads.flatMap(({ wakeAt }) => wakeAt ?? []),
    ...queue.jobs.flatMap((job) => (job.state === 'waiting' ? job.notBefore : [])),
    ...services.pending.map(({ endsAt }) => endsAt),
  ];
  return times.length === 0 ? null : Math.min(...times);
}

/**
 * A patient operator sees to all that waits for one: failed steps are tried again, what is paused goes on, what has failed is undone
 * or tried again.
 * @throws AssertionError when a workflow does not come to its end by that
 */
export async function repair(cluster: Cluster): Promise<void> {
  for (let round = 0; round < 8; round += 1) {
    const open = cluster.witness.states().filter(({ status }) => !isTerminal(status));
    if (open.length === 0) return;
    for (const state of open) await repairOne(cluster, state);
    await calmDown(cluster, true);
  }
  const left = cluster.witness.states().filter(({ status }) => !isTerminal(status));
  for (const { status } of left) assert.equal(status, 'FAILED', 'an operator could not end it');
}

async function repairOne(cluster: Cluster, state: WorkflowState): Promise<void> {
  const { orchestration } = cluster.process(0);
  const tell = async (...[wish, stepId]: readonly [Parameters<typeof give>[3], string?]) => {
    give(cluster, orchestration, state, wish, stepId ?? 'none');
    await cluster.settled();
    return cluster.commands.at(-1)?.result?.kind === 'done';
  };
  if (state.status === 'PAUSED') {
    const failed = [...state.steps.values()].filter((step) => step.status === 'FAILED');
    for (const { stepId } of failed) await tell('retryStep', stepId);
    assert.ok(await tell('resume'), 'a repaired workflow can be resumed');
  } else if (!(await tell('compensate'))) {
    await tell('retry');
  }
}
