import type { z } from 'zod';
import { oneOf, text, wholeNumber } from '#composition/setting-kinds.ts';

/** The settings of the continuous release (docs/CONTROL.md). */
export const releaseSettings = {
  /** Caps and weights of lanes; unset: any lane there is, each with LANE_CAP. */
  LANES_FILE: text(/./, 'a JSON file with lanes').optional(),
  /** Orders of one lane on the floor at once, where the file does not say. */
  LANE_CAP: wholeNumber(1, 1_000_000).default(200),
  /** Lanes are divided into so many groups, each with a releaser of its own. */
  RELEASER_GROUPS: wholeNumber(1, 64).default(1),
  /** A LOW order that has waited this long is NORMAL; after four times as long any is HIGH. */
  CLASS_WAIT_MS: wholeNumber(1000, 86_400_000).default(30 * 60_000),
  /** Does a closed service keep back orders of class HIGH too? */
  LOOK_AHEAD_HOLDS_HIGH: oneOf(['true', 'false'])
    .transform((word) => word === 'true')
    .describe('true or false')
    .default(true),
};

type ReleaseSettings = z.output<z.ZodObject<typeof releaseSettings>>;

export type ReleaseConfig = {
  /** null: none. */
  readonly lanesFile: string | null;
  readonly laneCap: number;
  readonly groups: number;
  readonly classWaitMs: number;
  readonly lookAheadHoldsHigh: boolean;
};

export function toReleaseConfig(settings: ReleaseSettings): ReleaseConfig {
  return {
    lanesFile: settings.LANES_FILE ?? null,
    laneCap: settings.LANE_CAP,
    groups: settings.RELEASER_GROUPS,
    classWaitMs: settings.CLASS_WAIT_MS,
    lookAheadHoldsHigh: settings.LOOK_AHEAD_HOLDS_HIGH,
  };
}
