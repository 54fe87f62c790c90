import type { DefinitionCatalog } from '#application/definition-catalog.ts';
import { inputProblems } from '#application/definitions/input-schema.ts';
import type {
  FieldProblem,
  StartResult,
  StartWorkflowRequest,
} from '#application/orchestration.ts';
import type { Clock } from '#application/ports/clock.ts';
import type { IdGenerator } from '#application/ports/id-generator.ts';
import type { ReleaseBoard } from '#application/ports/release-board.ts';
import type {
  DefinitionStore,
  IdempotencyRecord,
  WorkflowStore,
} from '#application/ports/workflow-store.ts';
import type { LaneRules } from '#application/waveless/lane-rules.ts';
import { placeProblems } from '#application/waveless/place-problems.ts';
import type { Workflows } from '#application/workflows.ts';
import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import { decideCreation } from '#domain/workflow/decide.ts';
import { heldPlace } from '#domain/workflow/release-place.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';
import { supportsWaveless } from '#domain/workflow/vocabulary.ts';

/** How long a start is remembered under its Idempotency-Key. */
export const IDEMPOTENCY_TTL_MS = 24 * 60 * 60 * 1000;

/**
 * Starts a workflow: durable when this resolves with 'started'. Under an Idempotency-Key the same start happens once, however
 * often and however concurrently it is asked for.
 */
export function startWorkflow(parts: {
  readonly workflows: Workflows;
  readonly definitions: DefinitionCatalog;
  readonly store: WorkflowStore & DefinitionStore;
  readonly releaseBoard: Pick<ReleaseBoard, 'ring'>;
  readonly lanes: LaneRules;
  readonly clock: Clock;
  readonly ids: IdGenerator;
}) {
  const { workflows, store, clock, ids } = parts;

  return async (request: StartWorkflowRequest): Promise<StartResult> => {
    const { idempotency } = request;
    if (idempotency !== null) {
      const earlier = await store.findIdempotency(idempotency.key, clock.now());
      if (earlier !== null) return repeat(earlier, idempotency.fingerprint);
    }
    const found = await findDefinition(parts, request.workflowDefinitionId);
    if ('problem' in found) return invalid('workflowDefinitionId', found.problem);
    const problems = requestProblems(request, found.definition);
    if (problems.length > 0) return { kind: 'invalid', problems };

    const now = clock.now();
    const workflowId = ids.next();
    const decision = decideCreation(
      found.definition,
      workflowId,
      creationOf(request, found.definition),
      now,
    );
    const misplaced = request.enableWaveless ? placeProblems(decision.state, parts.lanes) : [];
    if (misplaced.length > 0) return { kind: 'invalid', problems: misplaced };
    const record: IdempotencyRecord | undefined =
      idempotency === null
        ? undefined
        : {
            key: idempotency.key,
            fingerprint: idempotency.fingerprint,
            workflowId,
            response: idempotency.render(decision.state),
            expiresAt: now + IDEMPOTENCY_TTL_MS,
          };
    const result = await workflows.create(decision, record);
    switch (result.kind) {
      case 'committed':
        if (request.enableWaveless) void parts.releaseBoard.ring(urgentLane(decision.state));
        return { kind: 'started', state: decision.state };
      case 'duplicate':
        return repeat(result.record, idempotency?.fingerprint ?? '');
      case 'conflict':
        throw new Error(`workflow id ${workflowId} is taken: the id generator repeats itself`);
    }
  };
}

/** HIGH goes at once (SPEC 4): who releases is told the lane in which to look. null: it may wait for a batch. */
function urgentLane(state: WorkflowState): string | null {
  return state.priority === 'HIGH' ? heldPlace(state).lane : null;
}

function repeat(record: IdempotencyRecord, fingerprint: string): StartResult {
  const { workflowId, response } = record;
  return record.fingerprint === fingerprint
    ? { kind: 'repeated', workflowId, response }
    : { kind: 'key-reused', workflowId };
}

function invalid(field: string, message: string): StartResult {
  return { kind: 'invalid', problems: [{ field, message }] };
}

function requestProblems(
  request: StartWorkflowRequest,
  definition: WorkflowDefinition,
): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (request.workflowType !== definition.workflowType) {
    const message = `is ${request.workflowType}, but the definition is for ${definition.workflowType}`;
    problems.push({ field: 'workflowType', message });
  }
  if (request.enableWaveless && !supportsWaveless(request.workflowType)) {
    const message = `${request.workflowType} workflows can't run waveless`;
    problems.push({ field: 'enableWaveless', message });
  }
  return [...problems, ...inputProblems(definition, request.inputParameters)];
}

async function findDefinition(
  parts: { readonly definitions: DefinitionCatalog; readonly store: DefinitionStore },
  reference: string,
): Promise<{ readonly definition: WorkflowDefinition } | { readonly problem: string }> {
  const [definitionId = '', version, ...rest] = reference.split('@');
  if (rest.length > 0 || (version !== undefined && !/^[1-9]\d{0,8}$/.test(version))) {
    return { problem: `'${reference}' is neither an id nor id@version` };
  }
  const wanted = version === undefined ? null : Number(version);
  const stored = await parts.store.findVersion(definitionId, wanted);
  if (stored === null) return { problem: `there is no definition '${reference}'` };
  if (stored.retired) return { problem: `definition '${reference}' is retired` };
  const definition = await parts.definitions.find(definitionId, stored.version);
  return definition === null
    ? { problem: `there is no definition '${reference}'` }
    : { definition };
}

function creationOf(request: StartWorkflowRequest, definition: WorkflowDefinition) {
  return {
    definitionId: definition.definitionId,
    definitionVersion: definition.version,
    workflowName: request.workflowName,
    workflowType: request.workflowType,
    priority: request.priority,
    triggeredBy: request.triggeredBy,
    correlationId: request.correlationId,
    input: request.inputParameters,
    waveless: request.enableWaveless,
    maxRetries: request.maxRetries,
    timeoutMs: request.timeoutMs ?? definition.timeoutMs,
    callbackUrl: request.callbackUrl,
    metadata: request.metadata,
  };
}
