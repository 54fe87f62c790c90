import assert from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import { isAwaitingEvent } from '#domain/workflow/awaited-event.ts';
import { fold } from '#domain/workflow/evolve.ts';
import { isSatisfied } from '#domain/workflow/readiness.ts';
import { anyDefinition, INPUT, weighted } from '#test/support/domain-arbitraries.ts';
import { anyHappening, happen, settle } from '#test/support/domain-chaos.ts';
import { creationOf } from '#test/support/domain-definitions.ts';
import { checkDecision } from '#test/support/domain-invariants.ts';
import { expectedUndo } from '#test/support/domain-undo-oracle.ts';
import { createWorld, nextWake, type World } from '#test/support/domain-world.ts';

/** Arbitrary definitions in an unkind world. FC_RUNS=5000 for a thorough run; a failure prints its seed. */
const RUNS = Number(process.env['FC_RUNS'] ?? 300);

const anyStory = fc.record({
  definition: anyDefinition,
  waveless: weighted({ no: 9, yes: 1 }).map((answer) => answer === 'yes'),
  maxRetries: fc.nat(3),
  happenings: fc.array(anyHappening, { maxLength: 120, size: 'max' }),
  /** What becomes of calls in the fair world that follows. */
  rolls: fc.array(fc.nat(99), { minLength: 1, maxLength: 7 }),
});

type Story = typeof anyStory extends fc.Arbitrary<infer T> ? T : never;

/** The check throws AssertionError; fast-check shrinks the story and prints its seed. */
function testStories(title: string, check: (story: Story) => void): void {
  test(title, (t) => {
    fc.assert(fc.property(anyStory, check), { numRuns: RUNS, includeErrorInReport: true });
    t.pass();
  });
}

/** Checks every decision on the way. */
function live(story: Story, afterEach?: (world: World) => void): World {
  const { definition, waveless, maxRetries } = story;
  const creation = creationOf(definition, { waveless, maxRetries, input: INPUT });
  const world = createWorld(definition, creation, checkDecision);
  for (const happening of story.happenings) {
    happen(world, happening);
    afterEach?.(world);
  }
  return world;
}

function liveToTheEnd(story: Story): World {
  const world = live(story);
  const rounds = settle(world, story.rolls, 60 + 30 * story.definition.steps.length);
  assert.ok(rounds < Infinity, `still ${world.state().status} after many rounds`);
  return world;
}

testStories('every decision keeps the rules of SPEC 2, and changes no state in place', (story) => {
  live(story);
});

testStories('the log has no gap, and folding it gives the state', (story) => {
  const world = live(story);
  assert.deepEqual(
    world.log.map(({ version }) => version),
    world.log.map((_, index) => index + 1),
  );
  assert.deepEqual(fold(story.definition, world.log), world.state());
});

testStories('no call begins before the steps that it depends on are satisfied', (story) => {
  const dependencies = new Map(story.definition.steps.map((s) => [s.stepId, s.dependencies]));
  live(story, (world) => {
    for (const call of world.calls) {
      if (call.kind === 'undo' || call.startedAt !== world.now()) continue;
      const needed = dependencies.get(call.stepId) ?? [];
      // an undo may have begun since the state that an old worker looks at
      const broken = needed.filter((id) => {
        const step = world.state().steps.get(id);
        const isAwaiting = step !== undefined && isAwaitingEvent(step);
        return !isSatisfied(step) && (step?.outcome !== 'applied' || isAwaiting);
      });
      assert.deepEqual(broken, [], `${call.stepId} began too early`);
    }
  });
});

testStories('in a fair world every workflow ends, or waits for an operator', (story) => {
  const world = liveToTheEnd(story);
  const resting = ['COMPLETED', 'FAILED', 'COMPENSATED', 'CANCELLED', 'PAUSED'];
  assert.ok(resting.includes(world.state().status), world.state().status);
});

testStories('waking a workflow at its time changes something or moves that time', (story) => {
  const world = live(story);
  for (let wakes = 0; wakes < 100; wakes += 1) {
    const at = nextWake(world);
    if (at === null) return;
    world.tick(Math.max(0, at - world.now()), 0);
    const { isIdle, lost } = world.wake();
    const next = nextWake(world);
    if (isIdle) assert.ok(next === null || next > world.now(), 'the reconciler would spin');
    if (isIdle) assert.deepEqual(lost, [], 'a lost job was not added again');
  }
});

testStories(
  'what is undone is what was or may have been done after the last pivot, once each and backwards',
  (story) => {
    const world = liveToTheEnd(story);
    const undone = world.log.flatMap(({ event }) =>
      event.type === 'StepCompensated' ? [event.stepId] : [],
    );
    assert.equal(new Set(undone).size, undone.length, 'undone twice');
    const { toUndo } = expectedUndo(story.definition, world.log);
    const order = undone.map((stepId) => toUndo.get(stepId) ?? NaN);
    assert.deepEqual(
      order,
      order.toSorted((a, b) => b - a),
      'not backwards, or not to be undone',
    );
    if (world.state().status === 'COMPENSATED') {
      assert.deepEqual(undone.toSorted(), [...toUndo.keys()].toSorted());
    }
  },
);

testStories(
  'a compensated workflow leaves no effect behind, whatever was lost on the way',
  (story) => {
    const world = liveToTheEnd(story);
    if (world.state().status !== 'COMPENSATED') return;
    if (expectedUndo(story.definition, world.log).pivotPassed) return;
    const left = story.definition.steps.filter(
      (step) =>
        step.kind === 'call' &&
        step.compensation.strategy !== 'NONE' &&
        world.effects.isThere(step.stepId),
    );
    assert.deepEqual(
      left.map((step) => step.stepId),
      [],
    );
  },
);
