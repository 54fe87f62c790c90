import type { Request } from 'express';
import type { z } from 'zod';
import type { QuerySchema } from '#api/http/input-schemas.ts';
import { fieldProblems } from '#api/http/field-problems.ts';
import { notFound } from '#api/http/problems.ts';
import { parseQuery } from '#api/http/query-string.ts';
import { pathOf } from '#api/http/request-id.ts';
import type { FieldProblem } from '#application/orchestration.ts';

/** Parameters of the path; one that can't name anything is a 404. */
export function readParams(schema: z.ZodObject | undefined, req: Request): unknown {
  if (schema === undefined) return null;
  const parsed = schema.safeParse(req.params);
  if (parsed.success) return parsed.data;
  throw notFound(`resource at ${pathOf(req)}`);
}

/** Parameters of the query; what can't be read as a number, or is given twice, is left as it is for the schema to refuse. */
export function readQuery(
  query: QuerySchema | undefined,
  url: string,
  faults: FieldProblem[],
): unknown {
  const given = parseQuery(url);
  if (query === undefined) {
    for (const name of given.keys()) faults.push({ field: name, message: 'is not known here' });
    return null;
  }
  const values = new Map<string, unknown>();
  for (const [name, texts] of given) {
    const [text = ''] = texts;
    if (query.lists?.includes(name))
      values.set(
        name,
        texts.flatMap((list) => list.split(',')),
      );
    else if (texts.length > 1) values.set(name, texts);
    else values.set(name, query.numbers?.includes(name) ? numberOr(text) : text);
  }
  return check(query.schema, Object.fromEntries(values), 'query', faults);
}

/** The named headers, by their lower-case names. */
export function readHeaders(
  schema: z.ZodObject | undefined,
  headers: Request['headersDistinct'],
  faults: FieldProblem[],
): unknown {
  if (schema === undefined) return null;
  const values = Object.keys(schema.shape).flatMap((name): [string, unknown][] => {
    const given = headers[name];
    if (given === undefined) return [];
    return [[name, given.length === 1 ? given[0] : given]];
  });
  return check(schema, Object.fromEntries(values), 'headers', faults);
}

function check(schema: z.ZodType, value: unknown, root: string, faults: FieldProblem[]): unknown {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  faults.push(...fieldProblems(parsed.error, root));
  return null;
}

/** Plain decimal notation only: Number() would also take '', ' 5' and '0x10'. */
function numberOr(text: string): number | string {
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}
