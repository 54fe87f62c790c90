import assert from 'node:assert/strict';
import type { JobChain } from '#application/ports/job-queue.ts';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';
import { isPivot, isUndoable } from '#domain/workflow/compensation.ts';
import type { RecordedEvent, WorkflowEvent } from '#domain/workflow/events.ts';
import { stepDefinition, type StepState, type WorkflowState } from '#domain/workflow/state.ts';
import { isTerminal } from '#domain/workflow/vocabulary.ts';
import type { AskedCommand, AskedStart, Cluster } from '#test/model/cluster.ts';
import type { EffectLedger } from '#test/model/effect-ledger.ts';
import { isOwed } from '#test/model/model-events.ts';
import { expectedUndo } from '#test/support/domain-undo-oracle.ts';

/*
 * What must hold whatever happened, seen from outside: by the answers, the store and the services' own memory.
 * Each throws AssertionError.
 */

/** Whatever can be told at any moment. */
export function checkAlways({ faults, witness, services }: Cluster): void {
  assert.deepEqual(witness.violations, []);
  assert.deepEqual(faults, []);
  const tooLate = services.made.filter((made) => made.tooLate);
  assert.deepEqual(
    tooLate.map(({ call }) => call.idempotencyKey),
    [],
    'called although its undo had been called',
  );
}

/** What holds once all is at rest. */
export async function checkAtRest(cluster: Cluster): Promise<void> {
  checkAlways(cluster);
  const { store, services, witness } = cluster;
  checkJobIds(cluster);
  for (const command of cluster.commands) await checkCommand(cluster, command);
  await checkStarts(cluster);
  for (const state of witness.states()) {
    const log = await store.readLog(state.workflowId, 0);
    await checkLog(cluster, state, log);
    checkUndo(state, log, services.ledger);
    checkEvents(cluster, state, log);
    checkTruth(state, log, services.ledger);
  }
}

/** What holds at the very end, when patient operators have done what they could. */
export async function checkEnds({ witness, store, services }: Cluster): Promise<void> {
  for (const state of witness.states()) {
    if (isTerminal(state.status)) {
      if (state.status !== 'CANCELLED') checkNothingLeft(state, services.ledger);
      continue;
    }
    const log = await store.readLog(state.workflowId, 0);
    const { pivotPassed, toUndo } = expectedUndo(state.definition, log);
    const left = [...toUndo.keys()].filter((id) => state.steps.get(id)?.status !== 'COMPENSATED');
    assert.deepEqual(left, [], 'FAILED, and what is left to undo can not be undone');
    assert.ok(pivotPassed, 'only a pivot stands in the way of an undo');
    assert.ok(state.retryCount >= state.maxRetries, 'FAILED, and could have been tried again');
  }
}

/**
 * A queue ignores, or wedges on, an id that it has seen. Only a single job that is handed over early may come again: it was added beside
 * a commit that was refused or took long, and is the same when it comes after one (ADR 27).
 */
function checkJobIds({ queue, handOver }: Cluster): void {
  const first = new Map<string, JobChain>();
  for (const chain of queue.chains) {
    for (const { workflowId, dispatch, stepId } of chain.jobs) {
      const id = `${workflowId}.${dispatch}.${stepId}`;
      const earlier = first.get(id);
      const isRepeatable = handOver === 'early' && isSingleDo(chain);
      const isSame = earlier === undefined || (isRepeatable && isSingleDo(earlier));
      assert.ok(isSame, `job id ${id} was used twice`);
      first.set(id, chain);
    }
  }
}

function isSingleDo({ direction, jobs }: JobChain): boolean {
  return direction === 'do' && jobs.length === 1;
}

/** What was answered is what the log says: done is recorded, refused is not, and was refused for a status that it really had. */
async function checkCommand(cluster: Cluster, command: AskedCommand): Promise<void> {
  const { mark, workflowId, statusesBefore, result } = command;
  const log = await cluster.store.readLog(workflowId, 0);
  const traces = log.filter(({ event }) => JSON.stringify(event).includes(mark));
  if (result?.kind === 'done') assert.ok(traces.length > 0, `${mark} was done without a trace`);
  if (result?.kind !== 'illegal') return;
  assert.equal(traces.length, 0, `${mark} was refused, and done`);
  const statuses = cluster.witness.statuses(workflowId).slice(Math.max(0, statusesBefore - 1));
  assert.ok(
    statuses.some((status) => status === result.status),
    `${mark} was refused for ${result.status}, it was ${statuses.join(', ')}`,
  );
}

/** Accepted workflows exist, equal starts are one, another body under the same key is refused. */
async function checkStarts({ starts, store, witness }: Cluster): Promise<void> {
  for (const [key, asked] of Map.groupBy(starts, (start) => start.key)) {
    const born: string[] = [];
    const logs = await readLogs(store, witness);
    for (const log of logs.values()) {
      const first = log[0]?.event;
      if (first?.type === 'WorkflowCreated' && first.workflowName === key) {
        born.push(log[0]?.workflowId ?? '');
      }
    }
    assert.ok(born.length <= 1, `${born.length} workflows under ${key}`);
    const bodies = new Map<string, string>();
    for (const start of asked) checkStart(start, born, bodies);
  }
}

function readLogs(store: WorkflowStore, witness: Cluster['witness']) {
  return store.readLogs(witness.states().map(({ workflowId }) => workflowId));
}

/** @param bodies who was taken for whose: body -> workflow id, of one key */
function checkStart(
  { result, body }: AskedStart,
  born: readonly string[],
  bodies: Map<string, string>,
): void {
  if (result === null) return;
  switch (result.kind) {
    case 'started':
    case 'repeated': {
      const id = result.kind === 'started' ? result.state.workflowId : result.workflowId;
      assert.deepEqual(born, [id], 'accepted, and does not exist');
      bodies.set(body, id);
      assert.equal(bodies.size, 1, 'one key, two bodies, both accepted');
      if (result.kind === 'repeated') assert.deepEqual(result.response, { id });
      return;
    }
    case 'key-reused':
      assert.ok(!bodies.has(body), 'the same body under the same key was refused');
      return;
    default:
      assert.fail(`a start was answered by ${JSON.stringify(result)}`);
  }
}

/** 1..n without a gap, version = n, and every process serves what the log says. */
async function checkLog(
  cluster: Cluster,
  state: WorkflowState,
  log: readonly RecordedEvent[],
): Promise<void> {
  assert.deepEqual(
    log.map(({ version }) => version),
    log.map((_, index) => index + 1),
  );
  assert.equal(state.version, log.length);
  for (const pick of [0, 1]) {
    const served = await cluster.process(pick).orchestration.getWorkflowById(state.workflowId);
    assert.deepEqual(served && bare(served), bare(state), 'served is not what the log says');
  }
}

function bare({ definition: _, ...rest }: WorkflowState) {
  return rest;
}

/** The compensated set is right, in the log and at the services, backwards and once each. */
function checkUndo(
  state: WorkflowState,
  log: readonly RecordedEvent[],
  { entries }: EffectLedger,
): void {
  const { toUndo } = expectedUndo(state.definition, log);
  const undone = log.flatMap(({ event }) =>
    event.type === 'StepCompensated' ? [event.stepId] : [],
  );
  const undoneAtServices = entries.flatMap(({ key, kind }) =>
    kind === 'undo' && key.startsWith(state.workflowId) ? [key.split(':')[1] ?? ''] : [],
  );
  for (const stepIds of [undone, undoneAtServices]) {
    assert.equal(new Set(stepIds).size, stepIds.length, 'undone twice');
    const order = stepIds.map((stepId) => toUndo.get(stepId) ?? NaN);
    const backwards = order.toSorted((a, b) => b - a);
    assert.deepEqual(order, backwards, `not backwards, or not to be undone: ${stepIds.join(' ')}`);
  }
  if (state.status === 'COMPENSATED') {
    assert.deepEqual(undone.toSorted(), [...toUndo.keys()].toSorted(), 'not all was undone');
  }
}

/** An event settles one attempt of a step, once; and none that was received in time was waited for in vain. */
function checkEvents(
  { events }: Cluster,
  state: WorkflowState,
  log: readonly RecordedEvent[],
): void {
  const taken = log.flatMap(({ event }) =>
    event.type === 'StepEventReceived' ? [`${event.stepId} ${event.sourceEventId}`] : [],
  );
  assert.equal(new Set(taken).size, taken.length, 'a step took an event twice');
  for (const { event, version } of log) {
    if (event.type !== 'WorkflowStepFailed' || !event.errorMessage.includes('did not come'))
      continue;
    const { stepId } = event;
    const ignored = events.filter(
      (sent) =>
        (sent.receivedAt ?? Infinity) < version &&
        isOwed(sent, state, stepId, log.slice(0, version)),
    );
    assert.deepEqual(
      ignored.map((sent) => sent.event.id),
      [],
      'received, and given up as if it had not come',
    );
  }
}

/** What the workflow says of its effects is so. Where the services may still be asked nothing can be said yet. */
function checkTruth(
  state: WorkflowState,
  log: readonly RecordedEvent[],
  ledger: EffectLedger,
): void {
  for (const step of effective(state)) {
    const isApplied = ledger.isApplied(doKey(state, step));
    // a pivot of which its service has said later that it came to nothing
    if (log.some(({ event }) => isTakenBack(event, state, step))) continue;
    const where = `${step.stepId} ${step.status} of a ${state.status} workflow`;
    if (step.status === 'EXECUTING') continue;
    if (step.outcome === 'applied') assert.ok(isApplied, `${where} was never done`);
    if (step.outcome === 'not-applied') assert.ok(!isApplied, `${where} was done all the same`);
  }
}

function isTakenBack(event: WorkflowEvent, state: WorkflowState, { stepId }: StepState): boolean {
  if (event.type !== 'StepEventReceived' || event.stepId !== stepId) return false;
  return event.event === 'Broken' && isPivot(stepDefinition(state.definition, stepId));
}

/** A workflow that was undone leaves nothing behind that can be undone, unless a pivot was passed. */
function checkNothingLeft(state: WorkflowState, ledger: EffectLedger): void {
  for (const step of effective(state)) {
    const key = doKey(state, step);
    const isThere = ledger.isApplied(key) && !ledger.isUndone(key);
    const { status } = step;
    if (status === 'COMPENSATED')
      assert.ok(!isThere, `${step.stepId} is ${status} and still there`);
    if (status === 'COMPLETED') assert.ok(isThere, `${step.stepId} is ${status} and not there`);
  }
}

/** The steps whose effect matters. */
function effective(state: WorkflowState): readonly StepState[] {
  return [...state.steps.values()].filter((step) => {
    const definition = stepDefinition(state.definition, step.stepId);
    return isUndoable(definition) || isPivot(definition);
  });
}

function doKey(state: WorkflowState, step: StepState): string {
  return `${state.workflowId}:${step.stepId}:do`;
}
