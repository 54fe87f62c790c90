import type { Mapping, WorkflowDefinition } from '#domain/definition/definition.ts';
import { isJsonArray } from '#domain/definition/json-array.ts';
import { isReference } from '#domain/definition/mapping.ts';
import { mappingProblems, type PointerRules } from '#domain/definition/validation/pointer-rules.ts';
import type { Problem } from '#domain/definition/validation/problem.ts';
import { isJsonObject } from '#domain/json.ts';

/** Warehouse, zone and the like. */
const MAX_LANE_PARTS = 5;

/** While an order waits for its release none of its steps has run. */
const BEFORE_ALL_STEPS: PointerRules = {
  reply: false,
  stepProblem: () =>
    'no step has run when an order is released: only /input and /context are there',
};

/** What is wrong with the fields by which orders are released: lane and cut-off. */
export function releaseProblems({
  lane,
  cutOffAt,
}: Pick<WorkflowDefinition, 'lane' | 'cutOffAt'>): readonly Problem[] {
  return [
    ...laneShapeProblems(lane),
    ...mappingProblems(lane, '/lane', BEFORE_ALL_STEPS),
    ...mappingProblems(cutOffAt, '/cutOffAt', BEFORE_ALL_STEPS),
  ];
}

function laneShapeProblems(lane: Mapping): readonly Problem[] {
  const parts = isJsonArray(lane) ? lane : [lane];
  if (parts.length === 0 || parts.length > MAX_LANE_PARTS) {
    return [{ path: '/lane', message: `must have 1 to ${MAX_LANE_PARTS} parts` }];
  }
  if (lane === null || parts.every(isLanePart)) return [];
  return [{ path: '/lane', message: 'must be a text, a {"$from"} or a list of these' }];
}

function isLanePart(part: Mapping): boolean {
  return typeof part === 'string' || (isJsonObject(part) && isReference(part));
}
