import { isJsonObject } from '#domain/json.ts';
import type { RecordedEvent, WorkflowEvent } from '#domain/workflow/events.ts';
import { integer, json, text, type Row } from '#adapters/sqlite/row.ts';
import { CorruptRecordError } from '#application/ports/errors.ts';

export const EVENT_COLUMNS = 'workflow_id, version, type, occurred_at, data';

/**
 * A row of the log as it was recorded. `data` is the whole event; its type must be the one that the row names.
 * @throws CorruptRecordError naming workflow and version
 */
export function toRecordedEvent(row: Row): RecordedEvent {
  const workflowId = text(row, 'workflow_id', 'an event');
  const version = integer(row, 'version', `an event of workflow ${workflowId}`);
  const record = `event ${version} of workflow ${workflowId}`;
  const type = text(row, 'type', record);
  const event = json(row, 'data', record);
  if (!isEventOfType(event, type)) throw new CorruptRecordError(record, `data is no ${type}`);
  return { workflowId, version, occurredAt: integer(row, 'occurred_at', record), event };
}

/** What we wrote as an event of a type is taken to be one: a log is not validated field by field at every read. */
function isEventOfType(value: unknown, type: string): value is WorkflowEvent {
  return isJsonObject(value) && value['type'] === type;
}
