import type { ExecutionContext } from 'ava';
import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import type { OperatorCommandType, WorkflowCommand } from '#domain/workflow/commands.ts';
import { decide, decideCreation, type Decision } from '#domain/workflow/decide.ts';
import type {
  WorkflowCreation,
  WorkflowEvent,
  WorkflowEventType,
} from '#domain/workflow/events.ts';
import type { StepState, WorkflowState } from '#domain/workflow/state.ts';
import type { StepStatus, WorkflowStatus } from '#domain/workflow/vocabulary.ts';
import { creationOf } from '#test/support/domain-definitions.ts';
import { frozen } from '#test/support/domain-frozen.ts';

/** What a command is expected to lead to; what is not named is not looked at. */
export type Expectation = {
  /** All events, in order: a type alone, or an event of which only the named fields count. */
  readonly events?: readonly (WorkflowEventType | PartialEvent)[];
  /** The command is refused with such a message, and nothing changes. */
  readonly refused?: RegExp;
  readonly allowed?: readonly OperatorCommandType[];
  readonly status?: WorkflowStatus;
  readonly steps?: Readonly<Record<string, StepStatus>>;
};

type PartialEvent = { readonly type: WorkflowEventType } & Partial<
  Omit<UnionToFields<WorkflowEvent>, 'type'>
>;
/** Every field that any event has. */
type UnionToFields<U> = { [K in U extends unknown ? keyof U : never]: FieldOf<U, K> };
type FieldOf<U, K> = U extends unknown ? (K extends keyof U ? U[K] : never) : never;

/** A workflow's story, told as given / when / then. Its clock starts at 0 and moves only by `after`. */
export type Scenario = {
  readonly state: WorkflowState;
  readonly now: number;
  /** What the last command led to. */
  readonly decision: Decision;
  after(ms: number): Scenario;
  /** Commands that set the scene: none of them may be refused. */
  and(...commands: readonly WorkflowCommand[]): Scenario;
  when(command: WorkflowCommand): Scenario;
  /** The `then` of the story; not by that name, which would make a promise of it. */
  expect(t: ExecutionContext, expected: Expectation): Scenario;
  step(stepId: string): StepState;
};

/** A workflow on this definition, created at 0, and what has happened to it since. */
export function given(
  definition: WorkflowDefinition,
  ...commands: readonly WorkflowCommand[]
): Scenario {
  return givenWith(definition, {}, ...commands);
}

export function givenWith(
  definition: WorkflowDefinition,
  creation: Partial<WorkflowCreation>,
  ...commands: readonly WorkflowCommand[]
): Scenario {
  const created = decideCreation(definition, 'w', creationOf(definition, creation), 0);
  return scenario(created.state, 0, created).and(...commands);
}

function scenario(before: WorkflowState, now: number, decision: Decision): Scenario {
  const state = frozen(decision.kind === 'decided' ? decision.state : before);
  const when = (command: WorkflowCommand) => scenario(state, now, decide(state, command, now));
  return {
    state,
    now,
    decision,
    after: (ms) => scenario(before, now + ms, decision),
    and(...commands) {
      let next = scenario(before, now, decision);
      for (const command of commands) {
        next = next.when(command);
        if (next.decision.kind === 'illegal') throw new Error(next.decision.message);
      }
      return next;
    },
    when,
    expect(t, expected) {
      verify(t, decision, state, expected);
      return scenario(before, now, decision);
    },
    step(stepId) {
      const step = state.steps.get(stepId);
      if (step === undefined) throw new Error(`no step ${stepId}`);
      return step;
    },
  };
}

function verify(
  t: ExecutionContext,
  decision: Decision,
  state: WorkflowState,
  { events, refused, allowed, status, steps }: Expectation,
): void {
  if (refused !== undefined || allowed !== undefined) verifyRefusal(t, decision, refused, allowed);
  if (events !== undefined) {
    const emitted = decision.kind === 'decided' ? decision.events.map(({ event }) => event) : [];
    const types = events.map((event) => (typeof event === 'string' ? event : event.type));
    t.deepEqual(
      emitted.map(({ type }) => type),
      types,
    );
    events.forEach((event, index) => {
      if (typeof event !== 'string') t.like(emitted[index], event);
    });
  }
  if (status !== undefined) t.is(state.status, status);
  for (const [stepId, expected] of Object.entries(steps ?? {})) {
    t.is(state.steps.get(stepId)?.status, expected, stepId);
  }
}

function verifyRefusal(
  t: ExecutionContext,
  decision: Decision,
  refused: RegExp | undefined,
  allowed: readonly OperatorCommandType[] | undefined,
): void {
  if (decision.kind === 'decided') return t.fail('the command was not refused');
  if (refused !== undefined) t.regex(decision.message, refused);
  if (allowed !== undefined) t.deepEqual(decision.allowed, allowed);
}
