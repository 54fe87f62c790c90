import type { ExecutionContext } from 'ava';
import { parseDefinition } from '#application/definitions/parse-definition.ts';
import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import type { Json, JsonObject } from '#domain/json.ts';
import { CATALOGUE } from '#test/application/definitions/authored.ts';

export function accepted(t: ExecutionContext, source: unknown): WorkflowDefinition {
  const result = parseDefinition(source, CATALOGUE);
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.problems));
  t.is(result.source, source as JsonObject);
  return result.definition;
}

/** The faults found, as `field message`. */
export function faults(source: unknown): readonly string[] {
  const result = parseDefinition(source, CATALOGUE);
  if (result.kind === 'ok') return [];
  return result.problems.map(({ field, message }) => `${field} ${message}`);
}

/** Exactly these fields are at fault. */
export function refusesAt(t: ExecutionContext, source: Json, fields: readonly string[]): void {
  const result = parseDefinition(source, CATALOGUE);
  const found = result.kind === 'ok' ? [] : result.problems.map(({ field }) => field);
  t.deepEqual(found.toSorted(), fields.toSorted(), JSON.stringify(faults(source)));
}
