import test from 'ava';
import type { BreakerStatus } from '#application/ports/service-caller.ts';
import { worstBreakers } from '#application/worst-breakers.ts';

const breaker = (
  serviceName: string,
  state: BreakerStatus['state'],
  openUntil: number | null = null,
): BreakerStatus => ({ serviceName, state, since: 0, openUntil, reason: null });

test('a breaker that is open in one process counts as open', (t) => {
  const open = breaker('a', 'open', 9);
  const probing = breaker('a', 'half-open');
  const closed = breaker('a', 'closed');
  t.deepEqual(worstBreakers([closed, probing, open, closed]), [open]);
  t.deepEqual(worstBreakers([closed, probing]), [probing]);
});

test('of two open ones the longer counts', (t) => {
  const [short, long] = [breaker('a', 'open', 5), breaker('a', 'open', 7)];
  t.deepEqual(worstBreakers([short, long]), [long]);
  t.deepEqual(worstBreakers([long, short]), [long]);
});

test('of two that are alike the later change counts', (t) => {
  const [long, lately] = [breaker('a', 'closed'), { ...breaker('a', 'closed'), since: 7 }];
  t.deepEqual(worstBreakers([long, lately]), [lately]);
  t.deepEqual(worstBreakers([lately, long]), [lately]);
});

test('services keep their order, and each is there once', (t) => {
  const [a, b] = [breaker('a', 'closed'), breaker('b', 'closed')];
  t.deepEqual(worstBreakers([a, b, breaker('c', 'open', 1), b, a]), [
    a,
    b,
    breaker('c', 'open', 1),
  ]);
});
