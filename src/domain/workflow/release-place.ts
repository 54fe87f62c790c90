import { isJsonArray } from '#domain/definition/json-array.ts';
import { resolveMapping } from '#domain/definition/mapping.ts';
import type { Json } from '#domain/json.ts';
import { instantOf } from '#domain/definition/instant.ts';
import { startScope } from '#domain/workflow/scope.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';
import { isActive } from '#domain/workflow/vocabulary.ts';

/** Where an order stands in the release: its lane, and by when it must be done. */
export type ReleasePlace = {
  readonly lane: string;
  /** epoch ms; null: no cut-off */
  readonly cutOffAt: number | null;
};

/** A lane or cut-off that can't be read, with where it was looked for. */
export type PlaceProblem = { readonly about: 'lane' | 'cutOffAt'; readonly message: string };

/** Orders of a definition without lanes share this one. */
const DEFAULT_LANE = 'default';

/** One part of a lane's name: warehouse, zone, ... */
const LANE_PART = /^[^\p{Cc}/]{1,64}$/u;

/**
 * Lane and cut-off of an order, from the templates of its definition. They only depend on what the workflow was started with,
 * so they are the same whenever they are asked for.
 */
export function releasePlace(state: WorkflowState): ReleasePlace | PlaceProblem {
  const lane = laneOf(state);
  if (typeof lane !== 'string') return lane;
  const cutOffAt = cutOffOf(state);
  return typeof cutOffAt === 'object' && cutOffAt !== null ? cutOffAt : { lane, cutOffAt };
}

/**
 * What the store keeps of it: the lane as long as the order waits for its release or is on the floor, the cut-off while it waits.
 * What can't be read was refused at the start; after a start that was not waveless, it counts as not given.
 */
export function heldPlace(state: WorkflowState): { lane: string | null; cutOffAt: number | null } {
  if (!state.waveless || !isActive(state.status)) return { lane: null, cutOffAt: null };
  const place = releasePlace(state);
  if ('about' in place) return { lane: DEFAULT_LANE, cutOffAt: null };
  return { lane: place.lane, cutOffAt: state.status === 'PENDING' ? place.cutOffAt : null };
}

function laneOf(state: WorkflowState): string | PlaceProblem {
  const template = state.definition.lane;
  if (template === null) return DEFAULT_LANE;
  const resolved = resolveMapping(template, startScope(state));
  if (resolved.kind === 'missing') {
    return problem('lane', `the order has no lane: nothing at ${resolved.pointers.join(', ')}`);
  }
  const parts = (isJsonArray(resolved.value) ? resolved.value : [resolved.value]).map(lanePart);
  const known = parts.filter((part) => part !== null);
  if (known.length < parts.length) {
    return problem('lane', `${JSON.stringify(resolved.value).slice(0, 200)} names no lane`);
  }
  return known.join('/');
}

function lanePart(value: Json): string | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && LANE_PART.test(text) ? text : null;
}

const DEFAULT_CUT_OFF = { $from: '/context/metadata/cutOffAt', $default: null };

function cutOffOf(state: WorkflowState): number | null | PlaceProblem {
  const template = state.definition.cutOffAt ?? DEFAULT_CUT_OFF;
  const resolved = resolveMapping(template, startScope(state));
  if (resolved.kind === 'missing' || resolved.value === null) return null;
  const at = instantOf(resolved.value);
  if (at !== null) return at;
  const shown = JSON.stringify(resolved.value).slice(0, 200);
  return problem(
    'cutOffAt',
    `the cut-off is neither an ISO 8601 time with its offset nor epoch ms: ${shown}`,
  );
}

function problem(about: PlaceProblem['about'], message: string): PlaceProblem {
  return { about, message };
}
