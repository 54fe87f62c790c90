import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import { settleAwaited } from '#domain/workflow/await-event.ts';
import { allowedCommands, refusal } from '#domain/workflow/allowed.ts';
import type { OperatorCommandType, WorkflowCommand } from '#domain/workflow/commands.ts';
import { bringBack, noticeClockPutBack } from '#domain/workflow/clock-put-back.ts';
import { draftOf, draftOfNew } from '#domain/workflow/draft.ts';
import type { RecordedEvent, WorkflowCreation } from '#domain/workflow/events.ts';
import { operate } from '#domain/workflow/operate.ts';
import { report } from '#domain/workflow/report.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';
import { wake } from '#domain/workflow/wake.ts';

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
  const stranded = noticeClockPutBack(draft);
  switch (command.type) {
    case 'reportStepSuccess':
    case 'reportStepFailure':
    case 'reportStall':
    case 'reportUndoSuccess':
    case 'reportUndoFailure':
    case 'reportOutcome':
      report(draft, command);
      break;
    case 'receiveStepEvent':
    case 'giveUpEvent':
      settleAwaited(draft, command);
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
  bringBack(draft, stranded);
  return { kind: 'decided', events: draft.events, state: draft.state };
}

const AS_THE_LOAD_ALLOWS = { batchSize: null, processingIntervalMs: null };

/** A new workflow: started at once, or PENDING until the waveless releaser starts it. */
export function decideCreation(
  definition: WorkflowDefinition,
  workflowId: string,
  creation: WorkflowCreation,
  at: number,
): Decision & { kind: 'decided' } {
  const draft = draftOfNew(definition, workflowId, { type: 'WorkflowCreated', ...creation }, at);
  if (creation.waveless) operate(draft, { type: 'enableWaveless', ...AS_THE_LOAD_ALLOWS });
  else operate(draft, { type: 'start' });
  return { kind: 'decided', events: draft.events, state: draft.state };
}
