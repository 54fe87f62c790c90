import type { FieldProblem } from '#application/orchestration.ts';
import type { Json, JsonObject } from '#domain/json.ts';

/** What a refused request is told: RFC 9457 problem details plus the fields of SPEC 5. */
export type ProblemFields = {
  readonly status: number;
  /** Stable, for programs: becomes `error`, and in lower case the end of `type`. */
  readonly code: string;
  /** The kind of problem, the same each time. */
  readonly title: string;
  /** This very case; safe to show to anybody. */
  readonly detail: string;
  readonly validationErrors?: readonly FieldProblem[];
  /** Further members of the body (RFC 9457, 3.2). */
  readonly extensions?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A refusal on its way to the client: thrown anywhere below a route, answered by the error handler. */
export class HttpProblem extends Error {
  readonly fields: ProblemFields;
  constructor(fields: ProblemFields) {
    super(fields.detail);
    this.name = 'HttpProblem';
    this.fields = fields;
  }
}

/** Where and when a problem was met. */
export type Occurrence = {
  /** Path of the request, without its query. */
  readonly path: string;
  readonly requestId: string;
  /** ISO 8601 */
  readonly timestamp: string;
};

/** The `application/problem+json` body (SPEC 5, Error); `validationErrors` is there always, so that clients need no case for its absence. */
export function problemBody(fields: ProblemFields, at: Occurrence): JsonObject {
  return {
    type: `urn:wes:problem:${fields.code.toLowerCase().replaceAll('_', '-')}`,
    title: fields.title,
    status: fields.status,
    detail: fields.detail,
    instance: at.path,
    timestamp: at.timestamp,
    error: fields.code,
    message: fields.detail,
    path: at.path,
    validationErrors: (fields.validationErrors ?? []).map(({ field, message }): Json => ({
      field,
      message,
    })),
    requestId: at.requestId,
    ...fields.extensions,
  };
}
