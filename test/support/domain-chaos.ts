import fc from 'fast-check';
import type { OperatorCommand } from '#domain/workflow/commands.ts';
import { weighted } from '#test/support/domain-arbitraries.ts';
import {
  cancel,
  cancelAndUndo,
  compensate,
  executeStep,
  pause,
  resume,
  retry,
  retryStep,
  skipStep,
  start,
  undone,
  wake,
} from '#test/support/domain-commands.ts';
import { nextWake, type World } from '#test/support/domain-world.ts';

/** One thing that happens in the world; numbers pick among whatever there is. */
export type Happening = {
  readonly what: 'deliver' | 'answer' | 'tick' | 'tell' | 'wake' | 'drop' | 'operate' | 'forge';
  readonly pick: number;
  readonly roll: number;
  readonly ms: number;
  readonly chaotic: boolean;
};

/** Without a bias to small numbers: they mean nothing here but which. */
export const anyHappening: fc.Arbitrary<Happening> = fc.noBias(
  fc.record({
    what: weighted<Happening['what']>({
      deliver: 20,
      answer: 16,
      tick: 6,
      tell: 4,
      operate: 3,
      wake: 2,
      drop: 1,
      forge: 1,
    }),
    pick: fc.nat(59),
    roll: fc.nat(99),
    ms: fc.oneof(
      { weight: 12, arbitrary: fc.nat(1500) },
      { weight: 6, arbitrary: fc.nat(9000) },
      { weight: 1, arbitrary: fc.constant(400_000) },
    ),
    chaotic: weighted({ no: 5, yes: 1 }).map((answer) => answer === 'yes'),
  }),
);

/** Lets it happen. */
export function happen(world: World, { what, pick, roll, ms, chaotic }: Happening): void {
  switch (what) {
    case 'deliver':
      return world.deliver({ pick, outOfOrder: chaotic, keep: chaotic, ageMs: ms });
    case 'answer':
      return world.answer(pick, roll, chaotic);
    case 'tick':
      return world.tick(ms, roll);
    case 'tell':
      return world.tell(pick, eventName(roll));
    case 'drop':
      return world.drop(pick);
    case 'wake':
      world.wake();
      return;
    case 'operate':
      world.send(operatorCommand(pick, anyStepId(world, roll)));
      return;
    case 'forge':
      forge(world, pick, anyStepId(world, roll));
  }
}

/**
 * From here on the world is fair: every job is delivered, every call answered, and the reconciler comes when it should.
 * @param rolls what becomes of the calls, over and over
 * @returns rounds until nothing moves any more
 */
export function settle(world: World, rolls: readonly number[], maxRounds: number): number {
  if (world.state().status === 'PENDING') world.send(start);
  for (let round = 1; round <= maxRounds; round += 1) {
    const roll = rolls[round % rolls.length] ?? 0;
    for (const _ of world.jobs)
      world.deliver({ pick: round, outOfOrder: false, keep: false, ageMs: 0 });
    while (world.calls.length > 0) world.answer(0, roll, false);
    // or never
    if (roll < 90) world.tell(round, eventName(roll));
    const wakeAt = nextWake(world);
    if (wakeAt === null) return round;
    const due = [...world.state().steps.values()].flatMap(({ dueAt }) => dueAt ?? []);
    const next = Math.min(wakeAt, ...due.filter((at) => at > world.now()));
    world.tick(Math.max(0, next - world.now()), roll);
    if (world.now() >= wakeAt) world.wake();
  }
  return Infinity;
}

function eventName(roll: number): string {
  if (roll < 60) return 'Done';
  return roll < 80 ? 'Broken' : 'Other';
}

/** News that nobody has: of an undo that was never begun, or of jobs lost that nobody is to bring. */
function forge(world: World, pick: number, stepId: string): void {
  const undoing = world.state().steps.get(stepId)?.status === 'COMPENSATING';
  if (pick % 2 === 0 && !undoing) world.send(undone(stepId));
  else world.send(wake(stepId, 'nowhere'));
}

function operatorCommand(pick: number, stepId: string): OperatorCommand {
  const commands = [
    ...[pause, pause, pause, resume, resume, resume, resume],
    ...[retry, retry, retry, retry, retry, retry],
    ...[start, compensate, cancel, cancelAndUndo],
    ...[retryStep(stepId), skipStep(stepId), executeStep(stepId, { corrected: true })],
    ...[retryStep(stepId), skipStep(stepId), executeStep(stepId), executeStep(stepId)],
  ];
  return commands[pick % commands.length] ?? start;
}

/** A failed step where there is one: commands on others are refused anyway. */
function anyStepId(world: World, roll: number): string {
  const steps = [...world.state().steps.values()];
  const failed = steps.filter((step) => step.status === 'FAILED');
  const among = failed.length > 0 && roll < 80 ? failed : steps;
  return among[roll % among.length]?.stepId ?? 'nowhere';
}
