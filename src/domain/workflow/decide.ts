import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import { segmentsOf } from '#domain/definition/segments.ts';
import { allowedCommands, refusal } from '#domain/workflow/allowed.ts';
import { compensationOrder } from '#domain/workflow/compensation.ts';
import type {
  OperatorCommandType,
  WakeCommand,
  WorkflowCommand,
} from '#domain/workflow/commands.ts';
import { draftOf, draftOfNew, emit, type Draft } from '#domain/workflow/draft.ts';
import type { RecordedEvent, WorkflowCreation } from '#domain/workflow/events.ts';
import { failForDeadline } from '#domain/workflow/failing.ts';
import { dispatchSteps, followUp } from '#domain/workflow/follow-up.ts';
import { operate } from '#domain/workflow/operate.ts';
import { report } from '#domain/workflow/report.ts';
import { isSatisfied } from '#domain/workflow/readiness.ts';
import { stepDefinition, type WorkflowState } from '#domain/workflow/state.ts';

/** What a command leads to. `decided` with no events: the command came too late to change anything. */
export type Decision =
  | {
      readonly kind: 'decided';
      readonly events: readonly RecordedEvent[];
      /** The state after the events. */
      readonly state: WorkflowState;
    }
  | {
      /** Not allowed in this state (SPEC 2): nothing changes. */
      readonly kind: 'illegal';
      readonly message: string;
      readonly allowed: readonly OperatorCommandType[];
    };

/**
 * The heart of the engine: what a command means for a workflow. Pure: time comes in as `at` (epoch ms), and the same
 * arguments always give the same events.
 */
export function decide(state: WorkflowState, command: WorkflowCommand, at: number): Decision {
  const draft = draftOf(state, at);
  switch (command.type) {
    case 'reportStepSuccess':
    case 'reportStepFailure':
    case 'reportUndoSuccess':
    case 'reportUndoFailure':
    case 'reportOutcome':
      report(draft, command);
      break;
    case 'wake':
      wake(draft, command);
      break;
    default: {
      const message = refusal(state, command);
      if (message !== null) return { kind: 'illegal', message, allowed: allowedCommands(state) };
      operate(draft, command);
    }
  }
  return { kind: 'decided', events: draft.events, state: draft.state };
}

/** A new workflow: started at once, or PENDING until the waveless releaser starts it. */
export function decideCreation(
  definition: WorkflowDefinition,
  workflowId: string,
  creation: WorkflowCreation,
  at: number,
): Decision & { kind: 'decided' } {
  const draft = draftOfNew(definition, workflowId, { type: 'WorkflowCreated', ...creation }, at);
  if (!creation.waveless) operate(draft, { type: 'start' });
  return { kind: 'decided', events: draft.events, state: draft.state };
}

/** Deadline, waits that are over, jobs that the queue has lost: whatever time alone brings about. */
function wake(draft: Draft, command: WakeCommand): void {
  const { state, at } = draft;
  if (state.status === 'EXECUTING' && state.deadlineAt !== null && at >= state.deadlineAt) {
    failForDeadline(draft);
  } else {
    if (state.status === 'EXECUTING') endWaits(draft);
    redispatch(draft, command.lostStepIds);
  }
  followUp(draft);
}

function endWaits(draft: Draft): void {
  for (const step of draft.state.steps.values()) {
    if (step.status !== 'EXECUTING' || step.dueAt === null || step.dueAt > draft.at) continue;
    const definition = stepDefinition(draft.state.definition, step.stepId);
    if (definition.kind !== 'wait') continue;
    emit(draft, {
      type: 'WorkflowStepExecuted',
      stepId: step.stepId,
      stepName: definition.stepName,
      output: {},
      startedAt: step.startedAt ?? draft.at,
      executionTimeMs: draft.at - (step.startedAt ?? draft.at),
    });
  }
}

/** Hands steps whose job is gone to the queue again, each with what was still to follow it in its chain. */
function redispatch(draft: Draft, lostStepIds: readonly string[]): void {
  for (const stepId of lostStepIds) {
    const step = draft.state.steps.get(stepId);
    if (step === undefined || step.dispatch === null) continue;
    if (step.status !== 'EXECUTING' && step.status !== 'COMPENSATING') continue;
    const direction = step.status === 'EXECUTING' ? 'do' : 'undo';
    const chain = direction === 'do' ? segmentOf(draft.state, stepId) : undoOrder(draft.state);
    const rest = chain.filter((id) => draft.state.steps.get(id)?.dispatch === step.dispatch);
    dispatchSteps(draft, direction, rest, null);
  }
}

function segmentOf(state: WorkflowState, stepId: string): readonly string[] {
  const segment = segmentsOf(state.definition).find((ids) => ids.includes(stepId)) ?? [stepId];
  return segment.filter((id) => !isSatisfied(state.steps.get(id)));
}

function undoOrder(state: WorkflowState): readonly string[] {
  return compensationOrder(state).map((step) => step.stepId);
}
