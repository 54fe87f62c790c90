import test from 'ava';
import fc from 'fast-check';
import { classifyStatus, isRecoverable } from '#domain/policy/error-classification.ts';
import { ERROR_TYPES } from '#domain/workflow/vocabulary.ts';

/** The table of SPEC 1, and beside it what the statuses that it leaves out are read as. */
const TABLE = [
  [408, 'TIMEOUT', true],
  [504, 'TIMEOUT', true],
  [429, 'SERVICE_UNAVAILABLE', true],
  [502, 'SERVICE_UNAVAILABLE', true],
  [503, 'SERVICE_UNAVAILABLE', true],
  [400, 'VALIDATION_ERROR', false],
  [422, 'VALIDATION_ERROR', false],
  [401, 'PERMISSION_DENIED', false],
  [403, 'PERMISSION_DENIED', false],
  [404, 'RESOURCE_NOT_FOUND', false],
  [410, 'RESOURCE_NOT_FOUND', false],
  [409, 'BUSINESS_RULE_VIOLATION', false],
  [500, 'INTERNAL_ERROR', true],
  [501, 'INTERNAL_ERROR', true],
  [599, 'INTERNAL_ERROR', true],
  [301, 'RESOURCE_NOT_FOUND', false],
  [308, 'RESOURCE_NOT_FOUND', false],
  [405, 'VALIDATION_ERROR', false],
  [415, 'VALIDATION_ERROR', false],
  [499, 'VALIDATION_ERROR', false],
  [600, 'INTERNAL_ERROR', false],
  [Number.NaN, 'INTERNAL_ERROR', false],
] as const;

for (const [status, errorType, recoverable] of TABLE) {
  test(`${status} is ${recoverable ? 'a recoverable' : 'a final'} ${errorType}`, (t) => {
    t.like(classifyStatus(status), { errorType, recoverable });
  });
}

test('every 2xx is a success, and nothing else is', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 999 }), (status) => {
      t.is(classifyStatus(status) === null, Math.floor(status / 100) === 2);
    }),
  );
});

test('only timeouts, broken gateways and answered forms leave the outcome unknown', (t) => {
  const unknown = Array.from({ length: 500 }, (_, index) => index + 100).filter(
    (status) => classifyStatus(status)?.outcome === 'unknown',
  );
  t.deepEqual(unknown, [302, 303, 408, 502, 504]);
});

test('timeouts, unavailable services and network errors are retried, all other errors fail at once', (t) => {
  t.deepEqual(ERROR_TYPES.filter(isRecoverable), [
    'TIMEOUT',
    'SERVICE_UNAVAILABLE',
    'NETWORK_ERROR',
  ]);
});
