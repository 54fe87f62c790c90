import { z } from 'zod';
import type { WorkflowHead } from '#application/ports/workflow-store.ts';
import {
  WORKFLOW_PRIORITIES,
  WORKFLOW_STATUSES,
  WORKFLOW_TYPES,
} from '#domain/workflow/vocabulary.ts';
import { readDocument, time } from '#adapters/mongo/read-document.ts';

/** The head within a workflow's document; the id is the document's. Times are dates, for people and their tools. */
const headFields = z.object({
  version: z.int().positive(),
  status: z.enum(WORKFLOW_STATUSES),
  workflowType: z.enum(WORKFLOW_TYPES),
  priority: z.enum(WORKFLOW_PRIORITIES),
  correlationId: z.string().nullable(),
  definitionId: z.string(),
  definitionVersion: z.int(),
  createdAt: time,
  updatedAt: time,
  startedAt: time.nullable(),
  completedAt: time.nullable(),
  wakeAt: time.nullable(),
  // absent in documents of schema version 1
  lane: z.string().nullable().default(null),
  cutOffAt: time.nullable().default(null),
});
export type HeadFields = z.input<typeof headFields>;

const headDocument = z.object({ _id: z.string(), ...headFields.shape });

/** For reads that want heads only: the log, most of a document, stays on the server. */
export const HEAD_PROJECTION: Readonly<Record<string, 1>> = Object.fromEntries(
  Object.keys(headDocument.shape).map((field) => [field, 1]),
);

export function toHeadFields(head: WorkflowHead): HeadFields {
  return {
    version: head.version,
    status: head.status,
    workflowType: head.workflowType,
    priority: head.priority,
    correlationId: head.correlationId,
    definitionId: head.definitionId,
    definitionVersion: head.definitionVersion,
    createdAt: new Date(head.createdAt),
    updatedAt: new Date(head.updatedAt),
    startedAt: toDate(head.startedAt),
    completedAt: toDate(head.completedAt),
    wakeAt: toDate(head.wakeAt),
    lane: head.lane,
    cutOffAt: toDate(head.cutOffAt),
  };
}

/** @throws CorruptRecordError naming the workflow */
export function toHead(document: unknown): WorkflowHead {
  const { _id: workflowId, ...fields } = readDocument(headDocument, document, 'workflow');
  return { workflowId, ...fields };
}

function toDate(at: number | null): Date | null {
  return at === null ? null : new Date(at);
}
