import { createHash } from 'node:crypto';
import { fingerprintOf, type IncomingEvent } from '#application/inbound/incoming-event.ts';
import type { Refusal } from '#application/inbound/plan-event.ts';
import type { StartAction, Trigger } from '#application/inbound/trigger.ts';
import type { Orchestration } from '#application/orchestration.ts';
import { resolveFields, resolveMapping } from '#domain/definition/mapping.ts';
import type { JsonObject } from '#domain/json.ts';
import { WORKFLOW_PRIORITIES } from '#domain/workflow/vocabulary.ts';

/** What came of acting on an event. */
export type Effect =
  | {
      readonly kind: 'done';
      /** In a word or two, for people. */
      readonly outcome: string;
      readonly workflowIds: readonly string[];
    }
  | Refusal;

const MAX_NAME = 200;

/**
 * Starts a workflow for an event. Under an idempotency key made of the event's own name, so that the same event, however often it
 * comes and whoever handles it, starts one (ADR 8).
 */
export function startFromEvent(orchestration: Pick<Orchestration, 'startWorkflow'>) {
  return async (
    event: IncomingEvent,
    trigger: Trigger & StartAction,
    key: string,
  ): Promise<Effect> => {
    const scope = scopeOf(event, key);
    const input = resolveFields(trigger.input, scope);
    const name = resolveMapping(trigger.workflowName, scope);
    const priority = resolveMapping(trigger.priority, scope);
    const missing = [input, name, priority].flatMap((resolved) =>
      resolved.kind === 'missing' ? resolved.pointers : [],
    );
    if (input.kind === 'missing' || name.kind === 'missing' || priority.kind === 'missing') {
      return rejected(`the event has nothing at ${[...new Set(missing)].join(', ')}`);
    }
    const known = WORKFLOW_PRIORITIES.find((one) => one === priority.value);
    if (known === undefined) {
      return rejected(
        `priority ${JSON.stringify(priority.value)} is not one of ${WORKFLOW_PRIORITIES.join(', ')}`,
      );
    }
    const result = await orchestration.startWorkflow({
      workflowDefinitionId: trigger.workflowDefinitionId,
      workflowName: nameOf(name.value, `${trigger.workflowType} ${key}`),
      workflowType: trigger.workflowType,
      triggeredBy: `event:${trigger.name}`,
      correlationId: key,
      inputParameters: input.value,
      enableWaveless: false,
      maxRetries: 3,
      timeoutMs: null,
      priority: known,
      callbackUrl: null,
      metadata: { event: { source: event.source, id: event.id, type: event.type } },
      idempotency: {
        key: idempotencyKey(event),
        fingerprint: fingerprintOf(event),
        render: ({ workflowId }) => ({ workflowId }),
      },
    });
    switch (result.kind) {
      case 'started':
        return { kind: 'done', outcome: 'started', workflowIds: [result.state.workflowId] };
      case 'repeated':
        return { kind: 'done', outcome: 'started', workflowIds: [result.workflowId] };
      case 'key-reused': {
        const detail = `another event of this name has started workflow ${result.workflowId}`;
        return { kind: 'refuse', reason: 'id-reused', detail };
      }
      case 'invalid':
        return rejected(
          result.problems.map(({ field, message }) => `${field} ${message}`).join('; '),
        );
    }
  };
}

function scopeOf(
  { id, source, type, subject, time, data }: IncomingEvent,
  key: string,
): JsonObject {
  return { event: { id, source, type, subject, time }, data, key };
}

/** Of fixed length, and no other text is mistaken for it; keys of API callers never begin so by chance. */
function idempotencyKey({ source, id }: IncomingEvent): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([source, id]))
    .digest('hex');
  return `event:${digest}`;
}

function nameOf(value: unknown, otherwise: string): string {
  const name = typeof value === 'string' && value.trim() !== '' ? value : otherwise;
  return name.slice(0, MAX_NAME).toWellFormed();
}

function rejected(detail: string): Refusal {
  return { kind: 'refuse', reason: 'rejected', detail };
}
