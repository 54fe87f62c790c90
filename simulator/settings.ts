import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { faultsSchema } from '#simulator/faults/config.ts';
import { parseWith } from '#simulator/problems.ts';
import type { Parsed } from '#simulator/problems.ts';

const settingsSchema = z.object({
  PORT: z.coerce.number({ error: 'a port, 0 to 65535' }).int().min(0).max(65_535).default(8090),
  HOST: z.string().min(1).default('127.0.0.1'),
  SIM_SEED: z.coerce.number({ error: 'a whole number' }).int().default(1),
  /** `POST /api/v1/events` of an engine, which is then told by events what is done; absent: nobody is. */
  SIM_EVENTS_URL: z.url({ protocol: /^https?$/, error: 'a URL, http or https' }).optional(),
  /** JSON (it begins with a brace), or the path of a file that holds it. */
  SIM_FAULTS: z
    .string()
    .default('{}')
    .transform((text, context) => {
      try {
        const source = text.trimStart().startsWith('{') ? text : readFileSync(text, 'utf8');
        return JSON.parse(source) as unknown;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        context.addIssue({ code: 'custom', message: `JSON, or the path of a file: ${message}` });
        return z.NEVER;
      }
    })
    .pipe(faultsSchema),
});

export type Settings = z.output<typeof settingsSchema>;

/** Reads the simulator's settings from the environment, with every fault at once. An empty variable counts as absent. */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
): Parsed<Settings> {
  const given = Object.entries(environment).filter(([, value]) => value !== '');
  return parseWith(settingsSchema, Object.fromEntries(given));
}
