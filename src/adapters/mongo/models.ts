import type { Connection } from 'mongoose';
import { chunkSchema } from '#adapters/mongo/models/chunk.ts';
import { cursorSchema } from '#adapters/mongo/models/cursor.ts';
import { definitionSchema } from '#adapters/mongo/models/definition.ts';
import { eventWaitSchema, parkedEventSchema } from '#adapters/mongo/models/event-wait.ts';
import { feedSchema, type FeedDocument } from '#adapters/mongo/models/feed.ts';
import { inboundEventSchema } from '#adapters/mongo/models/inbound-event.ts';
import { noteSchema } from '#adapters/mongo/models/note.ts';
import { workflowSchema, type WorkflowDocument } from '#adapters/mongo/models/workflow.ts';

/** The collections of the store, on one connection. */
export function createModels(connection: Connection) {
  return {
    workflows: connection.model('Workflow', workflowSchema, 'workflows'),
    chunks: connection.model('LogChunk', chunkSchema, 'log_chunks'),
    feed: connection.model('FeedBatch', feedSchema, 'feed'),
    definitions: connection.model('Definition', definitionSchema, 'definitions'),
    cursors: connection.model('Cursor', cursorSchema, 'cursors'),
    inboundEvents: connection.model('InboundEvent', inboundEventSchema, 'inbound_events'),
    eventWaits: connection.model('EventWait', eventWaitSchema, 'event_waits'),
    parkedEvents: connection.model('ParkedEvent', parkedEventSchema, 'parked_events'),
    notes: connection.model('Note', noteSchema, 'notes'),
  };
}

export type Models = ReturnType<typeof createModels>;

/**
 * The collections that commits are written to, past mongoose: it would cast and copy every event of every commit, which
 * TypeScript has checked when it was made and zod checks when it is read.
 */
export function createCollections(connection: Connection) {
  const database = connection.getClient().db();
  return {
    workflows: database.collection<WorkflowDocument>('workflows'),
    feed: database.collection<FeedDocument>('feed'),
  };
}

export type Collections = ReturnType<typeof createCollections>;
