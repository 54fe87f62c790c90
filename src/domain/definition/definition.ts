import type { Json } from '#domain/json.ts';
import type { RetryPolicy } from '#domain/policy/retry.ts';
import type { CompensationStrategy, WorkflowType } from '#domain/workflow/vocabulary.ts';

/**
 * A workflow definition as the engine works with it: SPEC 8 after parsing, every default filled in.
 * A version is immutable; a running workflow is pinned to its own.
 */
export type WorkflowDefinition = {
  readonly definitionId: string;
  readonly version: number;
  readonly workflowType: WorkflowType;
  readonly name: string;
  /** Default deadline of a workflow, counted from its start. */
  readonly timeoutMs: number;
  readonly onFailure: OnFailure;
  /** JSON Schema for inputParameters, kept as authored; null: any object. */
  readonly inputSchema: Json | null;
  /** Template of the lane of its orders on the floor, made of `/input` and `/context`; null: the one lane `default`. */
  readonly lane: Mapping;
  /** Template of the time by which an order must be done (carrier departure); null: `metadata.cutOffAt` of the start. */
  readonly cutOffAt: Mapping;
  readonly steps: readonly StepDefinition[];
  /** Mapping to outputParameters; values may hold `$from`. */
  readonly output: MappingObject;
};

/** What follows a failed workflow: undo by itself, park for an operator, or leave it FAILED. */
export type OnFailure = 'compensate' | 'pause' | 'fail';

export const HTTP_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type HttpMethod = (typeof HTTP_METHODS)[number];

/** Where an operation is called: `{name}` in the path is taken from the mapped input. */
export type HttpBinding = { readonly method: HttpMethod; readonly path: string };

/** A template: JSON in which any object of the form `{ "$from": pointer, "$default"?: value }` stands for a looked-up value. */
export type Mapping = Json;
export type MappingObject = { readonly [key: string]: Mapping };

/** The closed set of conditions (SPEC 8). Operands are mappings. */
export type Condition =
  | { readonly equals: readonly [Mapping, Mapping] }
  | { readonly in: readonly [Mapping, Mapping] }
  | { readonly exists: Mapping }
  | { readonly gt: readonly [Mapping, Mapping] }
  | { readonly lt: readonly [Mapping, Mapping] }
  | { readonly not: Condition }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] };

/** When a step is done: with the answer of its call, or with an event that its service sends later. */
export type Completion = { readonly mode: 'call' } | EventCompletion;

export type EventCompletion = {
  readonly mode: 'event';
  /** As triggers call it. */
  readonly event: string;
  /** Names what the event is about; may look at the answer of the call. */
  readonly correlationKey: Mapping;
  /** Events that fail the step. */
  readonly failOn: readonly string[];
  /** Counted from the answer of the call. */
  readonly timeoutMs: number;
};

/** How a completed step is undone. `NONE`: nothing to undo (read-only, or a pivot). */
export type Compensation =
  | { readonly strategy: 'NONE' }
  | {
      readonly strategy: Exclude<CompensationStrategy, 'NONE'>;
      readonly operation: string;
      /** null: `POST /operations/{operation}` */
      readonly http: HttpBinding | null;
      readonly input: MappingObject;
    };

type StepBase = {
  readonly stepId: string;
  readonly stepName: string;
  readonly dependencies: readonly string[];
  /** null: always runs; false when evaluated: the step is SKIPPED. */
  readonly condition: Condition | null;
  /** true: its failure is recorded and the workflow goes on. */
  readonly optional: boolean;
};

/** A step that calls an operation of a service. */
export type CallStep = StepBase & {
  readonly kind: 'call';
  readonly serviceName: string;
  readonly operation: string;
  /** null: `POST /operations/{operation}` */
  readonly http: HttpBinding | null;
  readonly input: MappingObject;
  /** Timeout of one call; null: the service's own (registry), else 5000 ms. */
  readonly timeoutMs: number | null;
  readonly retry: RetryPolicy;
  /** Evaluated on the reply: true fails the step with BUSINESS_RULE_VIOLATION. */
  readonly failWhen: Condition | null;
  /** Point of no return: after it nothing before it is compensated. */
  readonly pivot: boolean;
  readonly completion: Completion;
  readonly compensation: Compensation;
};

/** A step that only lets time pass. */
export type WaitStep = StepBase & {
  readonly kind: 'wait';
  readonly wait: { readonly durationMs: number } | { readonly until: Mapping };
};

export type StepDefinition = CallStep | WaitStep;

/** `id@version`, the reference a workflow is pinned to. */
export function definitionRef(
  definition: Pick<WorkflowDefinition, 'definitionId' | 'version'>,
): string {
  return `${definition.definitionId}@${definition.version}`;
}
