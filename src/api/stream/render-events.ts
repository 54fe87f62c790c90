import type { StreamEvent } from '#api/stream/feed-window.ts';
import { toCloudEvent } from '#application/events/cloud-event.ts';
import {
  eventContext,
  needsContext,
  publishedSuffix,
  toPublicEvent,
  type EventContext,
} from '#application/events/public-event.ts';
import type { Orchestration } from '#application/orchestration.ts';
import type { Logger } from '#application/ports/logger.ts';
import type { FeedEvent } from '#application/ports/workflow-store.ts';

const CACHED_CONTEXTS = 5000;

/** Turns events of the feed into text of the stream, once for all clients. What they need to know of a workflow is looked up once and kept, bounded. */
export function createRenderer(
  orchestration: Pick<Orchestration, 'getWorkflowById'>,
  logger: Logger,
) {
  const contexts = new Map<string, EventContext>();

  const contextOf = async (workflowId: string): Promise<EventContext | null> => {
    const cached = contexts.get(workflowId);
    if (cached) return cached;
    const state = await orchestration.getWorkflowById(workflowId);
    if (state === null) return null;
    const context = eventContext(state);
    // A state from before the start would leave the duration of a completed workflow unknown for ever.
    if (context.startedAt === null) return context;
    contexts.set(workflowId, context);
    const [oldest] = contexts.keys();
    if (contexts.size > CACHED_CONTEXTS && oldest !== undefined) contexts.delete(oldest);
    return context;
  };

  const renderOne = async (event: FeedEvent): Promise<StreamEvent> => {
    const { position, workflowId } = event;
    const { type } = event.event;
    if (publishedSuffix(type) === null) return { position, workflowId, text: null };
    const context = needsContext(type) ? await contextOf(workflowId) : null;
    if (needsContext(type) && context === null) {
      // One event that can't be told must not hold up all that come after it.
      logger.error('event left out of the streams: its workflow is unknown', { workflowId });
      return { position, workflowId, text: null };
    }
    return { position, workflowId, text: sseText(event, context) };
  };

  return (events: readonly FeedEvent[]) => Promise.all(events.map(renderOne));
}

/** One event of the stream: its id is the position to resume after. JSON text holds no line break. */
function sseText(event: FeedEvent, context: EventContext | null): string {
  const published = toPublicEvent(event, context);
  const cloudEvent = JSON.stringify(toCloudEvent(event, published));
  return `id: ${event.position}\nevent: ${published.suffix}\ndata: ${cloudEvent}\n\n`;
}
