import test from 'ava';
import fc from 'fast-check';
import { fingerprint } from '#api/http/fingerprint.ts';
import { canonicalJson } from '#application/definitions/canonical-json.ts';
import type { Json } from '#domain/json.ts';

const json = fc.jsonValue().map((value): Json => JSON.parse(JSON.stringify(value)));

/** The same value with the keys of every object in the opposite order. */
function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries<Json>(value).map(([key, inner]): [string, Json] => [
    key,
    reversed(inner),
  ]);
  return Object.fromEntries(entries.reverse());
}

test('the order of keys makes no difference, and the text is the value', (t) => {
  fc.assert(
    fc.property(json, (value) => {
      t.is(canonicalJson(reversed(value)), canonicalJson(value));
      t.deepEqual(JSON.parse(canonicalJson(value)), value);
    }),
  );
});

test('different values have different fingerprints', (t) => {
  fc.assert(
    fc.property(json, json, (one, other) => {
      const same = JSON.stringify(one) === JSON.stringify(other);
      if (!same && canonicalJson(one) === canonicalJson(other)) {
        // Only an order of keys may be the difference.
        t.deepEqual(one, other);
      }
    }),
  );
  t.not(fingerprint({ a: 1 }), fingerprint({ a: '1' }));
  t.not(fingerprint([1, 2]), fingerprint([2, 1]));
});

test('a fingerprint is the SHA-256 of the canonical text', (t) => {
  t.is(
    fingerprint({ b: 1, a: [true, null] }),
    // printf '{"a":[true,null],"b":1}' | sha256sum
    '51705a2c9eb3e7e410a58f696a770c3ac3885a0cf43eb7fc88f5e47c11d4d30d',
  );
});
