import type { HandOver } from '#application/dispatch.ts';
import type { EngineStore } from '#application/ports/engine-store.ts';
import { QueueUnavailableError, StoreUnavailableError } from '#application/ports/errors.ts';
import type { JobQueue } from '#application/ports/job-queue.ts';
import type { ServiceCaller } from '#application/ports/service-caller.ts';
import { MODEL_TRIGGERS } from '#test/model/model-events.ts';
import {
  startProcess,
  type EngineProcess,
  type EngineWorld,
} from '#test/support/engine-process.ts';

/** What befalls the next commit of a process, or the jobs that follow it. */
export type Doom = 'store-away' | 'die-before-commit' | 'die-after-commit' | 'cut-dispatch';

/** The real application as one process has it, which may die at any moment: from then on it does nothing, and hears nothing. */
export type MortalProcess = EngineProcess & {
  readonly isAlive: boolean;
  die(): void;
  /** null: nothing more befalls it. */
  doom(doom: Doom | null): void;
};

const NEVER = new Promise<never>(() => {});

/**
 * @param lag how many turns of the microtask queue the next answer of the store takes: so that processes overtake each other
 * @param pause lets time pass before a report is tried again
 */
export function startMortalProcess(
  world: Omit<EngineWorld, 'services'> & { readonly services: ServiceCaller },
  {
    lag,
    pause,
    handOver,
  }: {
    readonly lag: () => number;
    readonly pause: () => Promise<void>;
    readonly handOver: HandOver;
  },
): MortalProcess {
  let isAlive = true;
  let next: Doom | null = null;

  function meets(doom: Doom): boolean {
    if (next !== doom) return false;
    next = null;
    return true;
  }

  function die(): void {
    isAlive = false;
  }

  /** Nothing is asked for by the dead, and nothing told to them. */
  async function whileAlive<T>(work: () => Promise<T>): Promise<T> {
    if (!isAlive) return NEVER;
    try {
      const answer = await work();
      return isAlive ? answer : await NEVER;
    } catch (error) {
      if (!isAlive) return NEVER;
      throw error;
    }
  }

  function slowly<T>(work: () => Promise<T>): Promise<T> {
    return whileAlive(async () => {
      for (let turns = lag(); turns > 0; turns -= 1) await Promise.resolve();
      return work();
    });
  }

  const store: EngineStore = {
    ...world.store,
    append: (commit) =>
      slowly(async () => {
        if (meets('store-away')) throw new StoreUnavailableError('away for a moment');
        if (meets('die-before-commit')) die();
        const result = isAlive ? await world.store.append(commit) : await NEVER;
        if (meets('die-after-commit')) die();
        return result;
      }),
    readLog: (workflowId, after) => slowly(() => world.store.readLog(workflowId, after)),
    findIdempotency: (key, now) => slowly(() => world.store.findIdempotency(key, now)),
    overdue: (now, limit) => slowly(() => world.store.overdue(now, limit)),
    writtenAfter: (time, limit) => slowly(() => world.store.writtenAfter(time, limit)),
    postpone: (wakes) => slowly(() => world.store.postpone(wakes)),
    expectEvent: (wait) => slowly(() => world.store.expectEvent(wait)),
    deliverEvent: (event) => slowly(() => world.store.deliverEvent(event)),
    forgetWait: (wait) => slowly(() => world.store.forgetWait(wait)),
    dropParked: (event) => slowly(() => world.store.dropParked(event)),
    findInbound: (source, id, now) => slowly(() => world.store.findInbound(source, id, now)),
    recordInbound: (record) => slowly(() => world.store.recordInbound(record)),
  };
  const queue: JobQueue = {
    ...world.queue,
    dispatch: (chains) =>
      whileAlive(async () => {
        const isCut = meets('cut-dispatch');
        await world.queue.dispatch(isCut ? chains.slice(1) : chains);
        if (isCut) throw new QueueUnavailableError('cut off half-way');
      }),
    areAlive: (jobs) => whileAlive(() => world.queue.areAlive(jobs)),
  };
  const services: ServiceCaller = {
    ...world.services,
    call: (call) => whileAlive(() => world.services.call(call)),
  };
  return {
    ...startProcess(
      { ...world, store, queue, services },
      { cachedStates: 3, pause, handOver, triggers: MODEL_TRIGGERS },
    ),
    get isAlive() {
      return isAlive;
    },
    die,
    doom(doom) {
      next = doom;
    },
  };
}
