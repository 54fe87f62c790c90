import test from 'ava';
import { retryAfterMs } from '#adapters/http/retry-after.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

for (const [header, ms] of [
  ['0', 0],
  ['2', 2000],
  [' 7 ', 7000],
  ['60', 60_000],
  ['61', 60_000],
  ['9'.repeat(400), 60_000],
  ['Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
  ['Sun, 01 Mar 2026 13:00:00 GMT', 60_000],
  ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
  ['Sun, 99 Mar 2026 11:00:00 GMT', null],
  ['-5', null],
  ['1.5', null],
  ['soon', null],
  ['', null],
  [undefined, null],
] as const) {
  test(`Retry-After ${header?.slice(0, 40)} is a pause of ${ms} ms`, (t) => {
    t.is(retryAfterMs(header, NOW), ms);
  });
}
