import type { SQLInputValue } from 'node:sqlite';
import type { WorkflowHead } from '#application/ports/workflow-store.ts';
import {
  WORKFLOW_PRIORITIES,
  WORKFLOW_STATUSES,
  WORKFLOW_TYPES,
} from '#domain/workflow/vocabulary.ts';
import { integer, nullable, oneOf, text, type Row } from '#adapters/sqlite/row.ts';

export const HEAD_COLUMNS = [
  'workflow_id',
  'version',
  'status',
  'workflow_type',
  'priority',
  'correlation_id',
  'definition_id',
  'definition_version',
  'created_at',
  'updated_at',
  'started_at',
  'completed_at',
  'wake_at',
  'lane',
  'cut_off_at',
] as const;
export type HeadColumn = (typeof HEAD_COLUMNS)[number];

/** The values of HEAD_COLUMNS, in their order. */
export type HeadRow = readonly SQLInputValue[];

export function toHeadRow(head: WorkflowHead): HeadRow {
  return [
    head.workflowId,
    head.version,
    head.status,
    head.workflowType,
    head.priority,
    head.correlationId,
    head.definitionId,
    head.definitionVersion,
    head.createdAt,
    head.updatedAt,
    head.startedAt,
    head.completedAt,
    head.wakeAt,
    head.lane,
    head.cutOffAt,
  ];
}

/** @throws CorruptRecordError naming the workflow */
export function toHead(row: Row): WorkflowHead {
  const workflowId = text(row, 'workflow_id', 'the head of a workflow');
  const record = `the head of workflow ${workflowId}`;
  return {
    workflowId,
    version: integer(row, 'version', record),
    status: oneOf(WORKFLOW_STATUSES, row, 'status', record),
    workflowType: oneOf(WORKFLOW_TYPES, row, 'workflow_type', record),
    priority: oneOf(WORKFLOW_PRIORITIES, row, 'priority', record),
    correlationId: nullable(text, row, 'correlation_id', record),
    definitionId: text(row, 'definition_id', record),
    definitionVersion: integer(row, 'definition_version', record),
    createdAt: integer(row, 'created_at', record),
    updatedAt: integer(row, 'updated_at', record),
    startedAt: nullable(integer, row, 'started_at', record),
    completedAt: nullable(integer, row, 'completed_at', record),
    wakeAt: nullable(integer, row, 'wake_at', record),
    lane: nullable(text, row, 'lane', record),
    cutOffAt: nullable(integer, row, 'cut_off_at', record),
  };
}
