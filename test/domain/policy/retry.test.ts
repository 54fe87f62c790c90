import test from 'ava';
import fc from 'fast-check';
import { RETRY_POLICIES, retryDelayMs, type RetryPolicy } from '#domain/policy/retry.ts';

/** The delays column of SPEC 3. */
const DELAYS = {
  default: [1000, 2000, 4000],
  aggressive: [500, 750, 1125, 1687, 2531],
  conservative: [2000, 6000],
};

for (const [name, delays] of Object.entries(DELAYS)) {
  test(`the ${name} policy waits ${delays.join(', ')} ms`, (t) => {
    const policy = RETRY_POLICIES[name as keyof typeof RETRY_POLICIES];
    t.deepEqual(
      Array.from({ length: policy.retries }, (_, retry) => retryDelayMs(policy, retry)),
      delays,
    );
  });
}

test('the maximum cuts the growth', (t) => {
  t.is(retryDelayMs(RETRY_POLICIES.default, 3), 8000);
  t.is(retryDelayMs(RETRY_POLICIES.default, 4), 10_000);
  t.is(retryDelayMs(RETRY_POLICIES.conservative, 3), 20_000);
});

const anyPolicy: fc.Arbitrary<RetryPolicy> = fc.record({
  retries: fc.nat(20),
  initialDelayMs: fc.nat(100_000),
  maxDelayMs: fc.nat(1_000_000),
  multiplier: fc.double({ min: 1, max: 100, noNaN: true }),
});

test('delays are whole, never shrink and never exceed the maximum, however many retries there were', (t) => {
  fc.assert(
    fc.property(anyPolicy, fc.nat(5000), (policy, retry) => {
      const delay = retryDelayMs(policy, retry);
      t.true(Number.isInteger(delay) && delay >= 0 && delay <= policy.maxDelayMs);
      t.true(retryDelayMs(policy, retry + 1) >= delay);
    }),
    { examples: [[{ retries: 1, initialDelayMs: 0, maxDelayMs: 1, multiplier: 2 }, 5000]] },
  );
});
