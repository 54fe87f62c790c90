import test from 'ava';
import { createBounded } from '#adapters/mongo/bounded.ts';
import { createGate } from '#adapters/mongo/gate.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';

const never = () => new Promise<never>(() => {});
const givenUp = { instanceOf: StoreUnavailableError, message: /no answer in 20 ms/ };

test('work that never ends is given up; work that ends is not touched', async (t) => {
  const bounded = createBounded(20);
  await t.throwsAsync(bounded(never), givenUp);
  t.is(await bounded(() => Promise.resolve(7)), 7);
  const fault = new RangeError('its own');
  t.is(await t.throwsAsync(bounded(() => Promise.reject(fault))), fault);
});

test('a gate closes although something within never ends', async (t) => {
  const gate = createGate(createBounded(20));
  const stuck = t.throwsAsync(gate.pass(never), givenUp);
  await gate.close();
  await stuck;
  await t.throwsAsync(gate.pass(never), { message: /is closed/ });
});
