import type { Keyword } from '#application/definitions/json-schema/check.ts';
import { ARRAY_KEYWORDS } from '#application/definitions/json-schema/array-keywords.ts';
import { GENERAL_KEYWORDS } from '#application/definitions/json-schema/general-keywords.ts';
import { NUMBER_KEYWORDS } from '#application/definitions/json-schema/number-keywords.ts';
import { OBJECT_KEYWORDS } from '#application/definitions/json-schema/object-keywords.ts';
import { TEXT_KEYWORDS } from '#application/definitions/json-schema/text-keywords.ts';

/** Every keyword that demands something, by name. A Map, because names come from outside. */
export const KEYWORDS: ReadonlyMap<string, Keyword> = new Map(
  Object.entries({
    ...GENERAL_KEYWORDS,
    ...OBJECT_KEYWORDS,
    ...ARRAY_KEYWORDS,
    ...TEXT_KEYWORDS,
    ...NUMBER_KEYWORDS,
  }),
);

/** Keywords that only describe. `default` too: JSON Schema fills in nothing. */
export const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$comment',
  '$id',
  '$schema',
  'default',
  'deprecated',
  'description',
  'examples',
  'readOnly',
  'title',
  'writeOnly',
]);
