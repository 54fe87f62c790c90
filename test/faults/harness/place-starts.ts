import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { EngineApi, StartBody } from '../../../scripts/processes/engine-api.ts';
import type { Start, StartAnswer } from '../checks/evidence.ts';
import { UNBOUNDED, type Room } from './room.ts';

/** A start to be sent, and what is to become of it. */
export type Order = {
  readonly body: StartBody & { readonly correlationId: string };
  readonly ending: Start['ending'];
};

export type StartPlan = {
  readonly orders: readonly Order[];
  readonly perSecond: number;
  /** Send again what was refused for the moment or not answered; true by default. */
  readonly insist?: boolean;
};

export type Placing = {
  /** Resolves once so many were accepted. @throws Error when all have their final answer, and it is fewer */
  accepted(count: number): Promise<void>;
  /** Resolves once all have their final answer. */
  readonly done: Promise<void>;
};

/** How long a start is sent again, and how long between two tries. */
const INSIST_MS = 60_000;
const PAUSE_MS = 200;
const LOOK_EVERY_MS = 50;

const created = z.object({ id: z.string() });

/**
 * Sends starts at an even pace, each under an Idempotency-Key of its own, and writes down every answer in `starts`.
 * @param room awaited before each start that is insisted on
 */
export function placeStarts(
  api: EngineApi,
  { orders, perSecond, insist = true }: StartPlan,
  starts: Start[],
  room: Room = UNBOUNDED,
): Placing {
  let accepted = 0;
  let isDone = false;
  const done = placeAll().finally(() => (isDone = true));
  done.catch(() => undefined); // whoever awaits `done` is told
  return {
    done,
    async accepted(count) {
      while (accepted < count) {
        if (isDone) throw new Error(`${accepted} starts were accepted, of ${count} awaited`);
        await delay(LOOK_EVERY_MS);
      }
    },
  };

  async function placeAll(): Promise<void> {
    const begunAt = performance.now();
    const placed = orders.map(async (order, index) => {
      await delay(Math.max(0, begunAt + (index * 1000) / perSecond - performance.now()));
      if (insist) await room();
      await place(order);
    });
    await Promise.all(placed);
  }

  async function place({ body, ending }: Order): Promise<void> {
    const answers: StartAnswer[] = [];
    const key = `start-${body.correlationId}`;
    starts.push({ key, correlationId: body.correlationId, ending, insisted: insist, answers });
    const giveUpAt = performance.now() + INSIST_MS;
    for (;;) {
      const answer = await sendStart(api, body, key);
      answers.push(answer);
      if (answer.workflowId !== null) accepted += 1;
      if (!insist || !isPassing(answer) || performance.now() > giveUpAt) return;
      await delay(PAUSE_MS);
    }
  }
}

/** One POST /workflows, and what came of it. */
export async function sendStart(
  api: EngineApi,
  body: StartBody,
  key: string,
): Promise<StartAnswer> {
  const askedAt = performance.now();
  const tookMs = () => performance.now() - askedAt;
  try {
    const headers = { 'Idempotency-Key': key };
    const answer = await api.ask('/workflows', { method: 'POST', body, headers });
    const isAccepted = answer.status >= 200 && answer.status < 300;
    const workflowId = isAccepted ? created.parse(answer.body).id : null;
    return { status: answer.status, workflowId, tookMs: tookMs() };
  } catch {
    return { status: null, workflowId: null, tookMs: tookMs() };
  }
}

/** The longest that an answer has taken so far: what the machine and the store need on a busy day, before any fault. */
export function slowestAnswerMs(starts: readonly Start[]): number {
  return Math.max(0, ...starts.flatMap(({ answers }) => answers.map(({ tookMs }) => tookMs)));
}

/** Another try may be answered otherwise. */
function isPassing({ status }: StartAnswer): boolean {
  return status === null || status === 429 || status >= 500;
}
