import test from 'ava';
import fc from 'fast-check';
import { FIRST_TURN, type LaneTurns } from '#domain/policy/lane-turns.ts';
import { UNKNOWN_DURATION } from '#domain/policy/expected-duration.ts';
import { releaseBy, releaseClass } from '#domain/policy/release-class.ts';
import {
  compareReady,
  planRelease,
  type LaneRoom,
  type ReadyOrder,
} from '#domain/policy/release-plan.ts';
import { bypassesBatch } from '#domain/policy/waveless.ts';
import type { WorkflowPriority } from '#domain/workflow/vocabulary.ts';

const NOW = 1_000_000;

function order(workflowId: string, priority: WorkflowPriority, ageMs: number, lane = 'A') {
  const waitingSince = NOW - ageMs;
  return { workflowId, priority, waitingSince, releaseBy: waitingSince, lane };
}

function room(free: number, changes: Partial<LaneRoom> = {}): LaneRoom {
  return { room: free, weight: 1, batchLimit: Infinity, ...changes };
}

function released(
  ready: readonly ReadyOrder[],
  lanes: Record<string, LaneRoom>,
  batchSize: number,
): readonly string[] {
  const plan = planRelease(ready, new Map(Object.entries(lanes)), batchSize, FIRST_TURN, NOW);
  return plan.released.map(({ workflowId }) => workflowId);
}

test('a release takes all that bypasses, and fills the batch with the rest in order', (t) => {
  const ready = [
    order('low', 'LOW', 2),
    order('normal-2', 'NORMAL', 1),
    order('normal-1', 'NORMAL', 2),
    order('forgotten', 'LOW', 90_000),
    order('urgent', 'HIGH', 0),
  ];
  t.deepEqual(released(ready, { A: room(9) }, 2), ['urgent', 'forgotten', 'normal-1', 'normal-2']);
});

test('when no batch is due only what bypasses it goes', (t) => {
  const ready = [order('normal', 'NORMAL', 5), order('urgent', 'HIGH', 0)];
  t.deepEqual(released(ready, { A: room(9) }, 0), ['urgent']);
});

test('a full lane takes nothing, not even HIGH; a lane that is not known has no room', (t) => {
  const ready = [order('urgent', 'HIGH', 0), order('stray', 'HIGH', 0, 'nowhere')];
  t.deepEqual(released(ready, { A: room(0) }, 9), []);
  t.deepEqual(released(ready, { A: room(-3) }, 9), []);
});

test('the last place of a lane goes to the most urgent', (t) => {
  const ready = [order('old', 'NORMAL', 59_000), order('urgent', 'HIGH', 0)];
  t.deepEqual(released(ready, { A: room(1) }, 9), ['urgent']);
});

test('the limit of a lane per batch does not hold back what bypasses the batch', (t) => {
  const ready = [
    order('n1', 'NORMAL', 3),
    order('n2', 'NORMAL', 2),
    order('n3', 'LOW', 1),
    order('urgent', 'HIGH', 0),
  ];
  t.deepEqual(released(ready, { A: room(9, { batchLimit: 2 }) }, 9), ['urgent', 'n1', 'n2']);
});

test('of one class and lane who must be released the soonest goes first, whatever their age', (t) => {
  const ready = [
    { ...order('old', 'NORMAL', 500), releaseBy: NOW + 2000 },
    { ...order('pressed', 'NORMAL', 1), releaseBy: NOW + 1000 },
    { ...order('low', 'LOW', 1), releaseBy: NOW },
  ];
  t.deepEqual(released(ready, { A: room(9) }, 2), ['pressed', 'old']);
});

test('a class is released in all lanes before the next class in any', (t) => {
  const ready = [
    order('a-low', 'LOW', 9, 'A'),
    order('b-normal', 'NORMAL', 1, 'B'),
    order('c-normal', 'NORMAL', 2, 'C'),
  ];
  const lanes = { A: room(9), B: room(9), C: room(9) };
  t.deepEqual(released(ready, lanes, 2), ['b-normal', 'c-normal']);
});

const anyOrder = fc.record({
  workflowId: fc.uuid(),
  priority: fc.constantFrom<WorkflowPriority>('HIGH', 'NORMAL', 'LOW'),
  waitingSince: fc.integer({ min: NOW - 120_000, max: NOW }),
  releaseBy: fc.integer({ min: NOW - 120_000, max: NOW + 120_000 }),
  lane: fc.constantFrom('A', 'B', 'C'),
});
const anyRoom = fc.record({
  room: fc.integer({ min: -2, max: 8 }),
  weight: fc.integer({ min: 1, max: 4 }),
  batchLimit: fc.constantFrom(0, 1, 3, Infinity),
});
const anyLanes = fc.record({ A: anyRoom, B: anyRoom, C: anyRoom });

test('no cap, no limit and no batch is ever exceeded, nothing goes twice, and no class is overtaken in its lane', (t) => {
  fc.assert(
    fc.property(
      fc.uniqueArray(anyOrder, { selector: ({ workflowId }) => workflowId }),
      anyLanes,
      fc.integer({ min: 0, max: 20 }),
      (ready, rooms, batchSize) => {
        const lanes = new Map(Object.entries(rooms));
        const plan = planRelease(ready, lanes, batchSize, FIRST_TURN, NOW);
        const out = plan.released;
        t.is(new Set(out).size, out.length);
        t.true(out.filter((one) => !bypassesBatch(one, NOW)).length <= batchSize);
        for (const [lane, { room: free, batchLimit }] of lanes) {
          const here = out.filter((one) => one.lane === lane);
          t.true(here.length <= Math.max(0, free));
          const batched = here.filter((one) => !bypassesBatch(one, NOW));
          t.true(batched.length <= batchLimit);
          const left = ready.filter((one) => one.lane === lane && !out.includes(one));
          for (const stays of left) {
            t.true(batched.every((goes) => compareReady(goes, stays) <= 0));
          }
          if (here.length < free) t.true(left.every((one) => !bypassesBatch(one, NOW)));
        }
      },
    ),
  );
});

test('nobody starves: under any flood of more urgent orders a LOW one goes within four waits and a place', (t) => {
  const classWaitMs = 50_000;
  const stepMs = 1000;
  const scene = fc.record({
    cap: fc.integer({ min: 1, max: 4 }),
    flood: fc.array(fc.constantFrom<WorkflowPriority>('HIGH', 'NORMAL'), {
      minLength: 5,
      maxLength: 12,
    }),
    workSteps: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(scene, ({ cap, flood, workSteps }) => {
      const victim = order('victim', 'LOW', 1);
      let waiting: ReadyOrder[] = [victim];
      let busy: number[] = [];
      let turns: LaneTurns = FIRST_TURN;
      for (let step = 0; ; step += 1) {
        const now = NOW + step * stepMs;
        waiting.push(
          ...flood.map((priority, index) => ({
            workflowId: `f${step}.${index}`,
            priority,
            waitingSince: now,
            releaseBy: now,
            lane: 'A',
          })),
        );
        busy = busy.filter((until) => until > step);
        const ranked = waiting.map((one) => {
          const aging = { ...one, cutOffAt: null, expected: UNKNOWN_DURATION };
          const rules = { classWaitMs };
          return {
            ...one,
            priority: releaseClass(aging, now, rules),
            releaseBy: releaseBy(aging, now, rules),
          };
        });
        const lanes = new Map([['A', room(cap - busy.length)]]);
        const plan = planRelease(ranked, lanes, 10, turns, now);
        turns = plan.turns;
        busy.push(...plan.released.map(() => step + workSteps));
        const gone = new Set(plan.released.map(({ workflowId }) => workflowId));
        if (gone.has('victim')) return;
        waiting = waiting.filter(({ workflowId }) => !gone.has(workflowId));
        t.true(step * stepMs <= 4 * classWaitMs + (workSteps + 1) * stepMs);
        if (step > 1000) throw new Error('starved');
      }
    }),
    { numRuns: 25 },
  );
});
