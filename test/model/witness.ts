import assert from 'node:assert/strict';
import type { ServiceCall } from '#application/ports/service-caller.ts';
import type { Commit } from '#application/ports/workflow-store.ts';
import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import { isAwaitingEvent } from '#domain/workflow/awaited-event.ts';
import { evolve } from '#domain/workflow/evolve.ts';
import { isSatisfied } from '#domain/workflow/readiness.ts';
import { stepDefinition, type WorkflowState } from '#domain/workflow/state.ts';
import { STALE_STATE_MS } from '#domain/workflow/timing.ts';
import type { WorkflowStatus } from '#domain/workflow/vocabulary.ts';
import { checkDecision } from '#test/support/domain-invariants.ts';

/**
 * Stands beside the store and the services, sees every commit and every call when it happens, and notes what breaks a rule: it
 * can't throw, for the engine lives on after faults of others.
 */
export type Witness = {
  /** A commit went through. */
  committed(commit: Commit): void;
  /** A call is made. */
  called(call: ServiceCall): void;
  /** Newest states of all workflows, oldest workflow first. */
  states(): readonly WorkflowState[];
  /** States that a process may still trust: each was the newest within the last second. */
  trusted(workflowId: string): readonly WorkflowState[];
  /** All statuses that the workflow has had, first to last. */
  statuses(workflowId: string): readonly WorkflowStatus[];
  readonly violations: readonly string[];
};

type Seen = {
  readonly state: WorkflowState;
  /** When a newer one came. */
  replacedAt: number;
};

/**
 * @param wallClock epoch ms, as the engine sees it
 * @param elapsed ms that have really passed, whatever the clock on the wall shows
 */
export function createWitness(
  definitions: readonly WorkflowDefinition[],
  wallClock: () => number,
  elapsed: () => number,
): Witness {
  const histories = new Map<string, Seen[]>();
  const violations: string[] = [];

  function note(check: () => void): void {
    try {
      check();
    } catch (error) {
      violations.push(error instanceof Error ? error.message : String(error));
    }
  }

  function newest(workflowId: string): WorkflowState | null {
    return histories.get(workflowId)?.at(-1)?.state ?? null;
  }

  function trusted(workflowId: string): readonly WorkflowState[] {
    const history = histories.get(workflowId) ?? [];
    return history.flatMap(({ state, replacedAt }) =>
      replacedAt + STALE_STATE_MS >= elapsed() ? [state] : [],
    );
  }

  return {
    violations,
    trusted,
    committed({ expectedVersion, events, head }) {
      note(() => {
        const before = newest(head.workflowId);
        assert.equal(before?.version ?? 0, expectedVersion, 'committed on an old version');
        const definition = definitions.find((one) => one.definitionId === head.definitionId);
        assert.ok(definition, `no definition ${head.definitionId}`);
        let state = before;
        for (const event of events) state = evolve(state, event, definition);
        assert.ok(state);
        checkDecision(before, 'a commit', { kind: 'decided', events, state });
        assert.equal(head.version, state.version, 'version of the head');
        assert.equal(head.status, state.status, 'status of the head');
        const history = histories.get(head.workflowId) ?? [];
        const last = history.at(-1);
        if (last !== undefined) last.replacedAt = elapsed();
        histories.set(head.workflowId, [...history, { state, replacedAt: Infinity }]);
      });
    },
    called(call) {
      note(() => {
        const seen = trusted(call.workflowId);
        const isFounded = seen.some((state) => callsFor(state, call, wallClock()));
        const status = seen.at(-1)?.status;
        assert.ok(isFounded, `${call.idempotencyKey} was called in a workflow that is ${status}`);
      });
    },
    states: () => [...histories.keys()].flatMap((workflowId) => newest(workflowId) ?? []),
    statuses: (workflowId) => (histories.get(workflowId) ?? []).map(({ state }) => state.status),
  };
}

/** Is this call what the state asks for? */
function callsFor(state: WorkflowState, call: ServiceCall, now: number): boolean {
  const step = state.steps.get(call.stepId);
  if (step === undefined || (step.dueAt !== null && step.dueAt > now)) return false;
  const isUndo = call.idempotencyKey.endsWith(':undo');
  const expected = `${state.workflowId}:${step.stepId}:${isUndo ? 'undo' : 'do'}`;
  if (call.idempotencyKey !== expected) return false;
  if (isUndo) return step.status === 'COMPENSATING';
  // the undo needs an answer that was lost: it is asked for again
  if (step.status === 'COMPENSATING') return step.outcome === 'unknown';
  const { dependencies } = stepDefinition(state.definition, step.stepId);
  return (
    step.status === 'EXECUTING' &&
    !isAwaitingEvent(step) &&
    (state.status === 'EXECUTING' || step.forced) &&
    dependencies.every((dependency) => isSatisfied(state.steps.get(dependency)))
  );
}
