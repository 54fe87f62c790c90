import { z } from 'zod';
import { isoTime, jsonObject } from '#api/schemas/common.ts';

const definitionId = z.string().min(1).max(200);
const versionText = z
  .string()
  .regex(/^[1-9]\d{0,8}$/)
  .transform(Number);

export const definitionParams = z.object({ id: definitionId });
export const versionParams = z.object({ id: definitionId, version: versionText });

export const definitionQuery = {
  schema: z.strictObject({ version: z.int().min(1).max(999_999_999).optional() }),
  numbers: ['version'],
} as const;

/** A definition as authored (SPEC 8); its own rules are checked where it is saved. */
export const definitionSchema = jsonObject.meta({ id: 'WorkflowDefinition' });

export const definitionListSchema = z
  .strictObject({
    items: z.array(
      z.strictObject({
        definitionId: z.string(),
        version: z.int(),
        name: z.string().nullable(),
        workflowType: z.string().nullable(),
        createdAt: isoTime,
        retired: z.boolean().describe('No new workflow may start on it'),
      }),
    ),
  })
  .meta({ id: 'DefinitionList' });

export type DefinitionList = z.infer<typeof definitionListSchema>;
