import type { FieldProblem } from '#application/orchestration.ts';
import type { LaneRules } from '#application/waveless/lane-rules.ts';
import { releasePlace } from '#domain/workflow/release-place.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';

/** More names than that help nobody. */
const NAMES_SHOWN = 10;

/** An order that runs waveless must have a lane that there is, and a cut-off that can be read. */
export function placeProblems(state: WorkflowState, lanes: LaneRules): readonly FieldProblem[] {
  const place = releasePlace(state);
  if ('about' in place) {
    const isMetadata = place.about === 'cutOffAt' && state.definition.cutOffAt === null;
    const field = isMetadata ? 'metadata.cutOffAt' : 'inputParameters';
    return [{ field, message: place.message }];
  }
  if (lanes.find(place.lane) !== null) return [];
  const message = `there is no lane '${place.lane}'; there are ${namesOf(lanes)}`;
  return [{ field: 'inputParameters', message }];
}

function namesOf({ named }: LaneRules): string {
  if (named.length === 0) return 'none';
  const rest = named.length - NAMES_SHOWN;
  return named.slice(0, NAMES_SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
