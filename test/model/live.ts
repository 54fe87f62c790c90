import fc from 'fast-check';
import { HAND_OVERS } from '#application/dispatch.ts';
import { calmDown, repair } from '#test/model/calm.ts';
import { createCluster } from '#test/model/cluster.ts';
import { happen } from '#test/model/happen.ts';
import { anyHappening } from '#test/model/happenings.ts';
import { checkAlways, checkAtRest, checkEnds } from '#test/model/invariants.ts';
import { anyDefinition } from '#test/model/model-definitions.ts';

/** The life of a cluster: workflows of two definitions, and all that happens to them. */
export const anyStory = fc.record({
  definitions: fc.tuple(anyDefinition('first'), anyDefinition('second')),
  /** How many turns each answer of the store takes, over and over. */
  lags: fc.array(fc.nat(5), { minLength: 1, maxLength: 7 }),
  handOver: fc.constantFrom(...HAND_OVERS),
  happenings: fc.array(anyHappening, { maxLength: 90, size: 'max' }),
});

type Story = typeof anyStory extends fc.Arbitrary<infer T> ? T : never;

/**
 * Lives the story, lets the world become calm, has operators repair what waits for them, and checks everything.
 * @throws AssertionError naming the rule that was broken
 */
export async function live({ definitions, lags, handOver, happenings }: Story): Promise<void> {
  const cluster = await createCluster(definitions, lags, handOver);
  for (const happening of happenings) {
    await happen(cluster, happening);
    checkAlways(cluster);
  }
  await cluster.settled();
  await calmDown(cluster, false);
  arriveAll(cluster);
  await checkAtRest(cluster);
  await repair(cluster);
  await checkAtRest(cluster);
  await checkEnds(cluster);
}

/** Requests that the network kept back arrive after all. */
function arriveAll({ services }: Awaited<ReturnType<typeof createCluster>>): void {
  while (services.delayed.length > 0) services.arrive(0);
}
