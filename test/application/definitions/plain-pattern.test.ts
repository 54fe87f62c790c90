import test from 'ava';
import fc from 'fast-check';
import { plainPattern } from '#application/definitions/json-schema/plain-pattern.ts';

test('patterns as they are written for ids and codes are accepted', (t) => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['^ORD-[0-9]+$', 'ORD-17', 'ORD-'],
    ['^[A-Z]{2,3}-\\d{1,6}$', 'AB-1', 'A-1'],
    ['^[A-Za-z0-9_-]{1,64}$', 'a_b-c', 'a b'],
    ['^\\d{5}$', '12345', '1234'],
    ['^.*\\.csv$', 'a.csv', 'a.txt'],
    ['kg$', '5 kg', 'kg 5'],
    ['^\\$\\^\\{$', '$^{', 'x'],
    ['^[^\\]/]+$', 'abc', 'a/b'],
  ];
  for (const [source, match, other] of cases) {
    const pattern = plainPattern(source);
    if (pattern.kind === 'refused') {
      t.fail(`${source}: ${pattern.why}`);
      continue;
    }
    t.true(pattern.expression.test(match), source);
    t.false(pattern.expression.test(other), source);
  }
});

test('patterns that could take long, or that are none, are refused', (t) => {
  const sources = [
    '^(a+)+$',
    '^(a|a)*$',
    '^a*a*$',
    'a*b',
    '^\\w+@\\w+$',
    '^a{0,30}a{0,30}a{0,30}a{0,30}a{0,30}b$',
    'a{9999}b',
    '^(a)\\1$',
    '^(?=a)',
    '^a{2,1}$',
    '^[z-a]$',
    '^[a',
    '^a**$',
    '^\\',
    '^a|b$',
    '^\\p{L}$',
  ];
  for (const source of sources) t.is(plainPattern(source).kind, 'refused', source);
});

const part = fc.constantFrom('a', '[ab]', '\\w', '.', 'b');
const quantifier = fc.constantFrom('', '?', '*', '+', '{2}', '{1,20}', '{3,}', '{0,9}');
const pattern = fc
  .tuple(
    fc.constantFrom('^', ''),
    fc.array(
      fc.tuple(part, quantifier).map((both) => both.join('')),
      { maxLength: 6 },
    ),
    fc.constantFrom('$', 'c$', ''),
  )
  .map(([start, parts, end]) => start + parts.join('') + end);

test('whatever is accepted is quick on a long text that almost matches', (t) => {
  const texts = ['a'.repeat(50_000), 'ab'.repeat(25_000), `${'a'.repeat(50_000)}!`];
  fc.assert(
    fc.property(pattern, (source) => {
      const plain = plainPattern(source);
      if (plain.kind === 'refused') return;
      const started = performance.now();
      for (const text of texts) plain.expression.test(text);
      t.true(performance.now() - started < 2000, source);
    }),
    { numRuns: 300 },
  );
});
