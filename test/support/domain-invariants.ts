import assert from 'node:assert/strict';
import type { Decision } from '#domain/workflow/decide.ts';
import { awaitingSteps, runningAwaits } from '#domain/workflow/awaited-event.ts';
import { stepsInQueue } from '#domain/workflow/due-work.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';
import { evolve } from '#domain/workflow/evolve.ts';
import { goesForward } from '#domain/workflow/readiness.ts';
import { stepDefinition, type WorkflowState } from '#domain/workflow/state.ts';
import { isTerminal } from '#domain/workflow/vocabulary.ts';
import { wakeAt } from '#domain/workflow/wake-at.ts';
import { frozen } from '#test/support/domain-frozen.ts';
import { SLACK_MS } from '#test/support/domain-world.ts';
import { STATUS_ARROWS } from '#test/support/status-arrows.ts';

/** What must hold after every decision, whatever happened. Throws AssertionError. */

/** Freezes each state that comes out of a decision, so that any later change of it throws. */
export function checkDecision(
  before: WorkflowState | null,
  command: string,
  decision: Decision,
): void {
  if (decision.kind === 'illegal') {
    assert.ok(
      before !== null && !isAllowed(command, decision),
      `${command} is refused and allowed`,
    );
    return;
  }
  const { events, state } = decision;
  if (events.length === 0)
    assert.equal(state, before, `${command} changed a state without an event`);
  if (before !== null && isTerminal(before.status)) {
    assert.equal(events.length, 0, `${command} changed a ${before.status} workflow`);
  }
  const replayed = replay(before, events, state);
  assert.deepEqual(replayed, state, 'the events do not lead to the state that was returned');
  checkState(frozen(state));
}

/** A step command may be allowed for another step. */
function isAllowed(command: string, decision: Decision & { kind: 'illegal' }): boolean {
  return !command.endsWith('Step') && decision.allowed.some((allowed) => allowed === command);
}

function replay(
  before: WorkflowState | null,
  events: readonly RecordedEvent[],
  after: WorkflowState,
): WorkflowState | null {
  let state = before;
  for (const recorded of events) {
    const next: WorkflowState = frozen(evolve(state, recorded, after.definition));
    assert.equal(next.version, (state?.version ?? 0) + 1);
    if (state !== null && state.status !== next.status) {
      const arrow = `${state.status} -> ${next.status} by ${recorded.event.type}`;
      assert.ok(STATUS_ARROWS[state.status].includes(next.status), arrow);
    }
    if (state !== null) checkThatNothingBegins(state, next);
    state = next;
  }
  return state;
}

/** While a workflow stands still only what an operator asked for begins. */
function checkThatNothingBegins(before: WorkflowState, after: WorkflowState): void {
  if (after.status === 'EXECUTING') return;
  for (const step of after.steps.values()) {
    if (step.status !== 'EXECUTING' || step.forced) continue;
    const was = before.steps.get(step.stepId)?.status;
    assert.equal(was, 'EXECUTING', `${step.stepId} began in a workflow that is ${after.status}`);
  }
}

/** What must hold of every state that a decision ends in. */
function checkState(state: WorkflowState): void {
  const { status } = state;
  const steps = [...state.steps.values()];
  const undoing = steps.filter((step) => step.status === 'COMPENSATING');
  assert.ok(undoing.length <= (status === 'COMPENSATING' ? 1 : 0), 'undo runs one by one');
  for (const step of steps) {
    const where = `${step.stepId} ${step.status} in ${status}`;
    const standsStill = status === 'PAUSED' || status === 'FAILED';
    if (step.forced) assert.ok(standsStill && step.status === 'EXECUTING', `forced: ${where}`);
    const settled = ['COMPLETED', 'FAILED', 'SKIPPED', 'COMPENSATED'].includes(step.status);
    if (settled) assert.equal(step.dueAt, null, `due although settled: ${where}`);
    if (status === 'EXECUTING') assert.notEqual(step.status, 'FAILED', where);
    if (isTerminal(status)) assert.notEqual(step.status, 'EXECUTING', where);
  }
  checkThatSomethingMoves(state);
}

/** No wedge: whatever does not wait for an operator has a time at which somebody looks, and something that it waits for. */
function checkThatSomethingMoves(state: WorkflowState): void {
  const { status } = state;
  const under = [...state.steps.values()].filter((step) => step.status === 'EXECUTING');
  const queued = stepsInQueue(state);
  const awaiting = awaitingSteps(state);
  const timed = runningAwaits(state);
  const moves =
    status === 'EXECUTING' || status === 'COMPENSATING' || queued.length > 0 || timed.length > 0;
  const draining = status === 'FAILED' && under.some((step) => !step.forced);
  for (const step of awaiting) assert.ok(goesForward(state, step), `awaits an event in ${status}`);
  const at = wakeAt(state, SLACK_MS);
  assert.equal(at !== null, moves || draining, `wakeAt ${at} of a workflow that is ${status}`);
  if (status === 'EXECUTING') {
    const waits = under.filter((step) => isWait(state, step.stepId));
    const carried = queued.length + waits.length + awaiting.length;
    assert.equal(carried, under.length, 'a step is under way without a job');
    assert.ok(under.length > 0, 'EXECUTING, and nothing is under way');
  }
  if (status === 'COMPENSATING') {
    assert.ok(under.length > 0 || queued.length === 1, 'COMPENSATING, and nothing is under way');
    if (under.length > 0) assert.equal(queued.length, 0, 'undo began before the calls had ended');
  }
}

function isWait(state: WorkflowState, stepId: string): boolean {
  return stepDefinition(state.definition, stepId).kind === 'wait';
}
