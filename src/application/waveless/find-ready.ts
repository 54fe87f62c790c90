import type { ReleaseQueue } from '#application/ports/release-queue.ts';
import type { WorkflowHead } from '#application/ports/workflow-store.ts';
import type { ExpectedDurations } from '#application/waveless/learn-durations.ts';
import type { OrderFacts } from '#application/waveless/order-facts.ts';
import { holdingService, type ClosedService } from '#domain/policy/look-ahead.ts';
import {
  releaseBy,
  releaseClass,
  SHORT_SLACK_MS,
  type UrgencyRules,
} from '#domain/policy/release-class.ts';
import type { ReadyOrder } from '#domain/policy/release-plan.ts';
import { bypassesBatch } from '#domain/policy/waveless.ts';
import type { WavelessPace } from '#domain/workflow/commands.ts';
import { WORKFLOW_PRIORITIES, type WorkflowPriority } from '#domain/workflow/vocabulary.ts';

/** An order that may be released as far as the services go. */
export type FoundOrder = ReadyOrder & { readonly pace: WavelessPace };

/** Orders of one line that are looked at in one go, and in all: behind so many that are kept back nobody is looked for. */
const PAGE = 50;
const MOST_LOOKED_AT = 500;

/** Cut-offs that are looked at, the soonest first. */
const CUT_OFFS = 200;

/** A workflow takes days at most: nobody further away than this is pressed by its cut-off. */
const LONGEST_EXPECTED_MS = 24 * 3_600_000;

/**
 * The orders among which the next release chooses: of each lane that has room the head of every line, and whoever is pressed by a
 * cut-off wherever it stands. Those that need a closed service are passed over.
 */
export async function findReady(question: {
  readonly store: Pick<ReleaseQueue, 'waiting' | 'waitingForCutOff'>;
  readonly facts: OrderFacts;
  /** Room and waiting orders, by lane. */
  readonly lanes: ReadonlyMap<
    string,
    { readonly room: number; readonly waiting: Readonly<Record<WorkflowPriority, number>> }
  >;
  readonly closed: readonly ClosedService[];
  /** Are orders of class HIGH kept back as well? */
  readonly holdHigh: boolean;
  readonly expected: ExpectedDurations;
  readonly rules: UrgencyRules;
  /** More than this of one line do not go by the batch. */
  readonly batchSize: number;
  /** false: the lines alone are looked at. */
  readonly lookAtCutOffs?: boolean;
  readonly now: number;
}): Promise<readonly FoundOrder[]> {
  const { store, facts, lanes, closed, holdHigh, expected, rules, batchSize, now } = question;
  const { lookAtCutOffs = true } = question;
  const found = new Map<string, FoundOrder>();

  for (const [lane, { room, waiting }] of lanes) {
    if (room <= 0) continue;
    for (const priority of WORKFLOW_PRIORITIES) {
      if (waiting[priority] > 0) await readLine(lane, priority, room);
    }
  }
  if (!lookAtCutOffs) return [...found.values()];
  const horizon = now + SHORT_SLACK_MS + LONGEST_EXPECTED_MS;
  for (const head of await store.waitingForCutOff(now, horizon, CUT_OFFS)) await look(head);
  return [...found.values()];

  async function readLine(lane: string, priority: WorkflowPriority, room: number): Promise<void> {
    let ready = 0;
    let batched = 0;
    let after: WorkflowHead | null = null;
    for (let looked = 0; ready < room && looked < MOST_LOOKED_AT; looked += PAGE) {
      const page: readonly WorkflowHead[] = await store.waiting(lane, priority, after, PAGE);
      for (const head of page) {
        // the line is by age: behind the first that must go by the batch nobody passes it
        const { workflowId, createdAt: waitingSince } = head;
        const isBatched = !bypassesBatch({ workflowId, priority, waitingSince }, now);
        if (isBatched && batched >= batchSize) return;
        if (!(await look(head))) continue;
        ready += 1;
        batched += isBatched ? 1 : 0;
      }
      after = page.at(-1) ?? null;
      if (page.length < PAGE) return;
    }
  }

  /** @returns whether it may be released */
  async function look(head: WorkflowHead): Promise<boolean> {
    const { workflowId, lane, cutOffAt, workflowType } = head;
    if (found.has(workflowId)) return true;
    if (lane === null || (lanes.get(lane)?.room ?? 0) <= 0) return false;
    const pace = await facts.pace(head);
    if (pace === null) return false;
    const aging = {
      workflowId,
      lane,
      waitingSince: head.createdAt,
      priority: head.priority,
      cutOffAt,
      expected: expected(workflowType),
    };
    const order = { ...aging, releaseBy: releaseBy(aging, now, rules) };
    const priority = releaseClass(aging, now, rules);
    if (closed.length > 0 && (holdHigh || priority !== 'HIGH')) {
      const needed = await facts.needed(head);
      if (needed === null || holdingService(needed, closed) !== null) return false;
    }
    found.set(workflowId, { ...order, priority, pace });
    return true;
  }
}
