import { z } from 'zod';
import type { DocumentedReply, Endpoint } from '#api/http/endpoint.ts';
import { parseJson } from '#domain/parse-json.ts';
import { jsonObject } from '#api/schemas/common.ts';
import { problemSchema } from '#api/schemas/problem.ts';
import { API_BASE } from '#api/settings.ts';
import type { Json, JsonObject } from '#domain/json.ts';

type Direction = 'input' | 'output';

/** The OpenAPI 3.1 document of these endpoints, made from the very schemas that check requests. */
export function openApiDocument(endpoints: readonly Endpoint[], version: string): JsonObject {
  const schemas = new Map<string, Json>();
  const paths = Map.groupBy(endpoints, ({ path }) => path);
  return {
    openapi: '3.1.0',
    info: {
      title: 'WES Orchestration Engine',
      version,
      description:
        'Durable workflows of a warehouse over many services. Errors are RFC 9457 problems.',
    },
    servers: [{ url: API_BASE }],
    paths: Object.fromEntries(
      [...paths].map(([path, operations]) => [
        path,
        Object.fromEntries(operations.map((each) => [each.method, operation(each, schemas)])),
      ]),
    ),
    components: { schemas: Object.fromEntries(schemas) },
  };
}

function operation(endpoint: Endpoint, schemas: Map<string, Json>): Json {
  const { input, replies } = endpoint;
  const documented = Object.entries(replies).map(([status, reply]): [string, Json] => [
    status,
    response(reply, Number(status) >= 400, schemas),
  ]);
  return {
    operationId: endpoint.operationId,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    parameters: [
      ...parameters('path', input.params, schemas),
      ...parameters('query', input.query?.schema, schemas),
      ...parameters('header', input.headers, schemas),
    ],
    ...(input.body && {
      requestBody: {
        required: input.body.required,
        content: { 'application/json': { schema: convert(input.body.schema, 'input', schemas) } },
      },
    }),
    responses: {
      ...Object.fromEntries(documented),
      ...(input.params && { 404: response({ description: 'Unknown' }, true, schemas) }),
      default: response({ description: 'Refused or failed' }, true, schemas),
    },
  };
}

function response(reply: DocumentedReply, isProblem: boolean, schemas: Map<string, Json>): Json {
  const schema = reply.schema ?? (isProblem ? problemSchema : null);
  const type = reply.contentType ?? (isProblem ? 'application/problem+json' : 'application/json');
  return {
    description: reply.description,
    ...(schema && { content: { [type]: { schema: convert(schema, 'output', schemas) } } }),
  };
}

function parameters(
  place: 'path' | 'query' | 'header',
  schema: z.ZodObject | undefined,
  schemas: Map<string, Json>,
): Json[] {
  if (schema === undefined) return [];
  const { properties, required } = objectSchema.parse(convert(schema, 'input', schemas));
  return Object.entries(properties).map(([name, described]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: described,
  }));
}

/** What is read again of an object's JSON Schema. */
const objectSchema = z.object({
  properties: z.record(z.string(), jsonObject),
  required: z.array(z.string()).default([]),
});

/** A zod schema as JSON Schema; what has an id of its own becomes a component and is referred to. */
function convert(schema: z.core.$ZodType, io: Direction, schemas: Map<string, Json>): Json {
  const converted = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  const text = JSON.stringify(converted).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $schema: _, $defs, ...own } = jsonObject.parse(parseJson(text));
  for (const [id, definition] of Object.entries(jsonObject.parse($defs ?? {}))) {
    schemas.set(id, definition);
  }
  return own;
}
