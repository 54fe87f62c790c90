import test from 'ava';
import type { LeaderLease } from '#application/ports/leader-lease.ts';
import { createBurden } from '#application/relay/burden.ts';
import { sharesOf } from '#application/relay/relay-shares.ts';

/** Leases of four shares, and processes that look for something to lead. */
function scene() {
  const shares = sharesOf(4);
  const owners = new Map<number, string>();
  const leaseOf = (name: string, index: number): LeaderLease => ({
    async acquire() {
      const owner = owners.get(index) ?? name;
      owners.set(index, owner);
      return owner === name ? 1 : null;
    },
    async release() {
      if (owners.get(index) === name) owners.delete(index);
    },
  });
  const process = (name: string) => {
    const burden = createBurden(shares.length);
    const loops = shares.map((share) => burden.weigh(share, leaseOf(name, share.index)));
    /** Each share's loop has its turn. */
    const turn = async () => {
      for (const { lease, mayLead } of loops) {
        if (mayLead()) await lease.acquire();
        else await lease.release();
      }
    };
    return { burden, turn };
  };
  const led = (name: string) => [...owners.values()].filter((owner) => owner === name).length;
  return { process, led, owners };
}

test('one relay leads all shares, two lead half of them each, and who is left takes all again', async (t) => {
  const { process, led, owners } = scene();
  const [a, b] = [process('a'), process('b')];
  await a.turn();
  t.is(led('a'), 4);
  for (const { burden } of [a, b]) burden.share(2);
  for (const { turn } of [a, b, a, b]) await turn();
  t.deepEqual([led('a'), led('b')], [2, 2]);
  for (let n = 0; n < 5; n += 1) {
    await a.turn();
    await b.turn();
  }
  t.deepEqual([led('a'), led('b')], [2, 2], 'and nobody takes anything back');

  for (const [index, owner] of owners) if (owner === 'a') owners.delete(index); // its leases ran out
  await b.turn();
  t.is(led('b'), 2, 'not before it knows that a is gone');
  b.burden.share(1);
  await b.turn();
  t.is(led('b'), 4);
});

for (const relays of [3, 5]) {
  test(`${relays} relays lead all four shares, and nobody more than its part`, async (t) => {
    const { process, led, owners } = scene();
    const all = ['a', 'b', 'c', 'd', 'e'].slice(0, relays);
    const processes = all.map(process);
    for (const { burden } of processes) burden.share(relays);
    for (let n = 0; n < 3; n += 1) for (const { turn } of processes) await turn();
    t.is(owners.size, 4);
    t.true(Math.max(...all.map(led)) <= Math.ceil(4 / relays));
  });
}
