import { endpoint, type Endpoint, type Reply } from '#api/http/endpoint.ts';
import { eventIdReused, invalid, notFound } from '#api/http/problems.ts';
import { incomingEventBody, receptionSchema } from '#api/schemas/incoming-event.ts';
import { readStructured } from '#application/inbound/decode-message.ts';
import type { IncomingEvent } from '#application/inbound/incoming-event.ts';
import { UndecodableError } from '#application/inbound/message-text.ts';
import type { Refusal } from '#application/inbound/plan-event.ts';
import type { Reception, ReceiveEvent } from '#application/inbound/receive-event.ts';
import type { HttpProblem } from '#api/http/problem.ts';
import type { JsonObject } from '#domain/json.ts';

/** Events of other systems by HTTP: the same entry as those of Kafka, except that a refusal is told to the caller. */
export function eventsEndpoint(receive: ReceiveEvent): Endpoint {
  return endpoint({
    method: 'post',
    path: '/events',
    operationId: 'receiveEvent',
    tag: 'events',
    summary: 'Tell of an event of another system; the same source and id take effect once',
    input: { body: { schema: incomingEventBody, required: true } },
    replies: {
      200: { description: 'It has taken effect, now or before', schema: receptionSchema },
      202: {
        description: 'It is kept for the step that will wait for it',
        schema: receptionSchema,
      },
      404: { description: 'There is no trigger, or no workflow, for it' },
      409: { description: 'Another event of this source and id has taken effect' },
    },
    handler: async ({ body }) => replyTo(await receive(readEvent(body))),
  });
}

function readEvent(body: JsonObject): IncomingEvent {
  try {
    return readStructured(body, null);
  } catch (error) {
    if (!(error instanceof UndecodableError)) throw error;
    throw invalid([{ field: 'body', message: error.message }]);
  }
}

function replyTo(reception: Reception): Reply {
  switch (reception.kind) {
    case 'refuse':
      throw problemOf(reception);
    case 'done': {
      const { outcome, workflowIds } = reception;
      return { status: 200, body: { result: 'done', outcome, workflowIds } };
    }
    case 'duplicate':
      return {
        status: 200,
        body: { result: 'duplicate', outcome: reception.outcome, workflowIds: [] },
      };
    case 'ignored':
      return { status: 200, body: { result: 'ignored', outcome: null, workflowIds: [] } };
    case 'parked':
      return { status: 202, body: { result: 'parked', outcome: null, workflowIds: [] } };
  }
}

function problemOf({ reason, detail }: Refusal): HttpProblem {
  if (reason === 'unmatched') return notFound(`use for this event: ${detail}`);
  if (reason === 'id-reused') return eventIdReused(detail);
  return invalid([{ field: 'body', message: detail }]);
}
