import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { LaneRules } from '#application/waveless/lane-rules.ts';
import { ConfigFileError } from '#composition/config-file-error.ts';

const rule = z.strictObject({
  cap: z.int().min(1).max(1_000_000),
  weight: z.int().min(1).max(100).default(1),
});

const fileSchema = z.strictObject({
  lanes: z.record(z.string().min(1), rule),
  /** The rule of every lane that is not named; absent: there are no others. */
  others: rule.optional(),
});

/**
 * The lanes of the floor (LANES_FILE): `{"lanes": {"WH-1/A": {"cap": 40, "weight": 2}}, "others": {"cap": 20}}`.
 * @param path null: any lane, each with the same cap
 * @throws ConfigFileError that names every fault
 */
export async function readLanesFile(path: string | null, laneCap: number): Promise<LaneRules> {
  if (path === null) return { named: [], find: () => ({ cap: laneCap, weight: 1 }) };
  const { success, data, error } = fileSchema.safeParse(await readJson(path));
  if (!success) {
    const faults = error.issues.map(
      (issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`,
    );
    throw new ConfigFileError(path, faults);
  }
  const { lanes, others = null } = data;
  return {
    named: Object.keys(lanes),
    find: (lane) => (Object.hasOwn(lanes, lane) ? lanes[lane] : null) ?? others,
  };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigFileError(path, [`LANES_FILE can't be read: ${why}`]);
  }
}
