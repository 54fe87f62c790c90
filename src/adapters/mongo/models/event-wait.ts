import { Schema } from 'mongoose';
import type { EventWait } from '#application/ports/event-waits.ts';
import { SCHEMA_OPTIONS } from '#adapters/mongo/models/schema-options.ts';

export const eventWaitSchema = new Schema<EventWait>(
  {
    service: { type: String, required: true },
    key: { type: String, required: true },
    workflowId: { type: String, required: true },
    stepId: { type: String, required: true },
  },
  SCHEMA_OPTIONS,
);

export const WAIT_INDEX = { service: 1, key: 1, workflowId: 1, stepId: 1 } as const;
eventWaitSchema.index(WAIT_INDEX, { unique: true });

/** An event that nobody waits for yet. */
export type ParkedEventDocument = {
  readonly source: string;
  readonly eventId: string;
  readonly service: string;
  readonly key: string;
  /** JSON text: names of fields may be what MongoDB gives a meaning to. */
  readonly event: string;
  readonly parkedAt: Date;
  readonly expiresAt: Date;
};

export const parkedEventSchema = new Schema<ParkedEventDocument>(
  {
    source: { type: String, required: true },
    eventId: { type: String, required: true },
    service: { type: String, required: true },
    key: { type: String, required: true },
    event: { type: String, required: true },
    parkedAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  SCHEMA_OPTIONS,
);

export const PARKED_INDEXES = {
  byName: { source: 1, eventId: 1 },
  byKey: { service: 1, key: 1, parkedAt: 1, source: 1, eventId: 1 },
  byExpiry: { expiresAt: 1, source: 1, eventId: 1 },
} as const;

parkedEventSchema.index(PARKED_INDEXES.byName, { unique: true });
parkedEventSchema.index(PARKED_INDEXES.byKey);
parkedEventSchema.index(PARKED_INDEXES.byExpiry);
