import { mayCompensate } from '#domain/workflow/compensation.ts';
import {
  OPERATOR_COMMAND_TYPES,
  type OperatorCommand,
  type OperatorCommandType,
} from '#domain/workflow/commands.ts';
import { releasePlace } from '#domain/workflow/release-place.ts';
import { stepDefinition, type WorkflowState } from '#domain/workflow/state.ts';
import { supportsWaveless, type WorkflowStatus } from '#domain/workflow/vocabulary.ts';

/** One row of the table of SPEC 2. */
type Row = {
  readonly from: readonly WorkflowStatus[];
  /** What stands in the way although the status allows it; null: nothing. */
  readonly obstacle?: (state: WorkflowState) => string | null;
};

const STEP_REPAIR: Row = { from: ['PAUSED', 'FAILED'], obstacle: nothingToRepair };

const TABLE: { readonly [T in OperatorCommandType]: Row } = {
  start: { from: ['PENDING'] },
  pause: { from: ['EXECUTING'] },
  resume: { from: ['PAUSED'], obstacle: unrepairedStep },
  cancel: { from: ['PENDING', 'EXECUTING', 'PAUSED'] },
  retry: { from: ['FAILED'], obstacle: retriesUsedUp },
  compensate: { from: ['EXECUTING', 'PAUSED', 'FAILED'], obstacle: passedPivot },
  retryStep: STEP_REPAIR,
  skipStep: STEP_REPAIR,
  executeStep: STEP_REPAIR,
  enableWaveless: { from: ['PENDING', 'EXECUTING', 'PAUSED'], obstacle: notForLanes },
};

/** The commands that a workflow allows in its present state, in the order of the table. */
export function allowedCommands(state: WorkflowState): readonly OperatorCommandType[] {
  return OPERATOR_COMMAND_TYPES.filter((type) => isAllowed(state, TABLE[type]));
}

/** Why a command is refused, null when it is not. */
export function refusal(state: WorkflowState, command: OperatorCommand): string | null {
  const row = TABLE[command.type];
  const base = `${command.type} is not allowed: the workflow is ${state.status}`;
  if (!row.from.includes(state.status)) return base;
  const wrongStep = 'stepId' in command ? stepRefusal(state, command.stepId, command.type) : null;
  const obstacle = wrongStep ?? row.obstacle?.(state) ?? null;
  return obstacle === null ? null : `${base} and ${obstacle}`;
}

function isAllowed(state: WorkflowState, row: Row): boolean {
  return row.from.includes(state.status) && (row.obstacle?.(state) ?? null) === null;
}

function stepRefusal(state: WorkflowState, stepId: string, command: string): string | null {
  const step = state.steps.get(stepId);
  if (step === undefined) return `has no step ${stepId}`;
  if (step.status !== 'FAILED') {
    return `its step ${stepId} is ${step.status}, not FAILED`;
  }
  if (command === 'executeStep' && stepDefinition(state.definition, stepId).kind === 'wait') {
    return `its step ${stepId} is a wait, which calls nobody: retry or skip it`;
  }
  return null;
}

/** Where failures are for an operator (onFailure `pause`), going on would only stop at the same step again. */
function unrepairedStep(state: WorkflowState): string | null {
  const failed = failedSteps(state);
  if (state.definition.onFailure !== 'pause' || failed.length === 0) return null;
  return `has failed steps: retry, skip or execute ${failed.join(', ')} first`;
}

function retriesUsedUp(state: WorkflowState): string | null {
  return state.retryCount < state.maxRetries ? null : `its ${state.maxRetries} retries are used up`;
}

function passedPivot(state: WorkflowState): string | null {
  return mayCompensate(state)
    ? null
    : 'has passed a pivot: what was done before it is not undone, and nothing was done after it';
}

/** Single steps are repaired only while the workflow still goes forward: not once its undo has begun. */
function nothingToRepair(state: WorkflowState): string | null {
  if (state.compensationReason !== null) return 'its undo has begun';
  return failedSteps(state).length > 0 ? null : 'none of its steps has failed';
}

function failedSteps(state: WorkflowState): readonly string[] {
  const steps = [...state.steps.values()];
  return steps.filter((step) => step.status === 'FAILED').map((step) => step.stepId);
}

function notForLanes(state: WorkflowState): string | null {
  if (!supportsWaveless(state.workflowType)) return `is of type ${state.workflowType}`;
  const place = releasePlace(state);
  return 'about' in place ? place.message : null;
}
