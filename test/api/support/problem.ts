import type { ExecutionContext } from 'ava';
import { problemSchema } from '#api/schemas/problem.ts';
import type { TestApi } from '#test/api/support/start-api.ts';
import type { JsonObject } from '#domain/json.ts';
import { FAKE_EPOCH } from '#test/support/fake-workflow.ts';

type Answer = Awaited<ReturnType<TestApi['call']>>;

/** Holds an answer against the whole problem shape of SPEC 5; only what is given differs from case to case. */
export function isProblem(
  t: ExecutionContext,
  answer: Answer,
  expected: {
    status: number;
    error: string;
    title: string;
    message: string;
    path: string;
    validationErrors?: { field: string; message: string }[];
    extensions?: JsonObject;
  },
): void {
  const { extensions = {}, validationErrors = [], ...rest } = expected;
  t.is(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8');
  t.is(answer.status, expected.status);
  t.true(problemSchema.safeParse(answer.json).success);
  t.deepEqual(answer.json, {
    ...rest,
    ...extensions,
    type: `urn:wes:problem:${expected.error.toLowerCase().replaceAll('_', '-')}`,
    detail: expected.message,
    instance: expected.path,
    timestamp: new Date(FAKE_EPOCH).toISOString(),
    validationErrors,
    requestId: answer.headers.get('x-request-id'),
  });
}
