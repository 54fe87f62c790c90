import { Schema } from 'mongoose';
import { SCHEMA_OPTIONS } from '#adapters/mongo/models/schema-options.ts';

/** That an event from outside has taken effect. */
export type InboundEventDocument = {
  readonly source: string;
  readonly eventId: string;
  readonly fingerprint: string;
  readonly outcome: string;
  readonly recordedAt: Date;
  readonly expiresAt: Date;
};

/** Whether a record holds is decided by the engine's clock; the server's may be ahead of it by so much. */
const GRACE_S = 86_400;

export const inboundEventSchema = new Schema<InboundEventDocument>(
  {
    source: { type: String, required: true },
    eventId: { type: String, required: true },
    fingerprint: { type: String, required: true },
    outcome: { type: String, required: true },
    recordedAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  SCHEMA_OPTIONS,
);

export const INBOUND_INDEXES = {
  byName: { source: 1, eventId: 1 },
  byExpiry: { expiresAt: 1 },
} as const;

inboundEventSchema.index(INBOUND_INDEXES.byName, { unique: true });
inboundEventSchema.index(INBOUND_INDEXES.byExpiry, { expireAfterSeconds: GRACE_S });
