import { setImmediate as turn } from 'node:timers/promises';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import type { HandOver } from '#application/dispatch.ts';
import type { CommandResult, StartResult } from '#application/orchestration.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import type { ServiceCall } from '#application/ports/service-caller.ts';
import type { StepJobPayload } from '#application/ports/job-queue.ts';
import type { CallStep, WorkflowDefinition } from '#domain/definition/definition.ts';
import { isUndoable } from '#domain/workflow/compensation.ts';
import { SERVICES } from '#test/model/model-definitions.ts';
import { ownerOf, type SentEvent } from '#test/model/model-events.ts';
import { createModelServices, type Fate, type ModelServices } from '#test/model/model-services.ts';
import { startMortalProcess, type MortalProcess } from '#test/model/mortal-process.ts';
import { createWitness, type Witness } from '#test/model/witness.ts';
import { authoredOf } from '#test/support/authored-of.ts';
import type { EngineWorld } from '#test/support/engine-process.ts';
import { createFakeClock } from '#test/support/fake-clock.ts';
import { createFakeJobQueue, type FakeJob } from '#test/support/fake-job-queue.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';

/** A start that was asked for; result null: nobody heard what came of it. */
export type AskedStart = {
  readonly key: string;
  readonly body: string;
  result: StartResult | null;
};

/** A command that an operator gave under a mark of its own. */
export type AskedCommand = {
  readonly mark: string;
  readonly workflowId: string;
  /** How many statuses the workflow had had when it was given. */
  readonly statusesBefore: number;
  result: CommandResult | null;
};

/**
 * Two processes of the engine on one store, and all that is around them. Time stands still until it is moved; whatever was begun
 * goes on until it waits for a service (`settled`).
 */
export type Cluster = Omit<EngineWorld, 'services'> & {
  readonly services: ModelServices;
  readonly witness: Witness;
  /** epoch ms */
  readonly bornAt: number;
  readonly definitions: readonly WorkflowDefinition[];
  readonly handOver: HandOver;
  /** One of the living; who dies is followed by another at once. */
  process(pick: number): MortalProcess;
  readonly starts: AskedStart[];
  readonly commands: AskedCommand[];
  /** All that services have sent, each once. */
  readonly events: readonly SentEvent[];
  /** An event comes to a process, perhaps not for the first time. */
  tell(sent: SentEvent, process: MortalProcess): void;
  /** What should never have been thrown. */
  readonly faults: readonly unknown[];
  /** Brings a job to a process; one that is running already is taken for stalled. */
  deliver(job: FakeJob, process: MortalProcess): void;
  /** Brings a job that the queue knows nothing of. */
  forge(job: StepJobPayload, process: MortalProcess): void;
  /** Jobs of workers that died come again. */
  findStalled(): void;
  /** Waits for nobody: what comes of it is awaited by `settled`. Failures for want of the store are to be expected. */
  launch(work: Promise<unknown>): void;
  /** Time passes, clocks go on; calls whose time is up are answered on the way. */
  tick(ms: number, fate: Fate): Promise<void>;
  /** Only the clocks on the wall move. */
  jump(ms: number): void;
  /** Resolves when all that can go on by itself has done so. */
  settled(): Promise<void>;
};

/** @param lags how long the store takes, over and over */
export async function createCluster(
  definitions: readonly WorkflowDefinition[],
  lags: readonly number[],
  handOver: HandOver,
): Promise<Cluster> {
  const clock = createFakeClock();
  const witness = createWitness(definitions, clock.now, clock.elapsed);
  const store = await watchedStore(definitions, witness);
  const services = createModelServices({
    clock,
    serviceNames: SERVICES,
    mayRefuse: (call) => (stepOf(definitions, call)?.failWhen ?? null) !== null,
    mayDoHalf(call) {
      const step = stepOf(definitions, call);
      return step !== null && step.failWhen !== null && isUndoable(step);
    },
    onCall: witness.called,
  });
  const queue = createFakeJobQueue(clock);
  const world = { clock, store, queue, services, logger: recordingLogger() };
  let reads = 0;
  const lag = () => lags[(reads += 1) % lags.length] ?? 0;
  let sleepers: (() => void)[] = [];
  const pause = () => new Promise<void>((resolve) => sleepers.push(resolve));
  const start = () => startMortalProcess(world, { lag, pause, handOver });
  const processes = [start(), start()];
  const workers = new Map<FakeJob, MortalProcess>();
  const faults: unknown[] = [];
  const events = new Map<string, SentEvent>();

  function launch(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (!(error instanceof StoreUnavailableError)) faults.push(error);
    });
  }

  /** Whoever waited for time to pass goes on. */
  function pass(ms: number): void {
    const step = Math.max(0, ms);
    clock.move(step);
    if (step === 0) return;
    const woken = sleepers;
    sleepers = [];
    for (const wake of woken) wake();
  }

  return {
    ...world,
    witness,
    bornAt: clock.now(),
    definitions,
    handOver,
    starts: [],
    get events() {
      return [...events.values()];
    },
    tell(sent, process) {
      const known = events.get(sent.event.id) ?? sent;
      events.set(known.event.id, known);
      launch(
        process.receive(known.event).then((reception) => {
          known.reception = reception;
          known.receivedAt ??= ownerOf(known, witness.states())?.version ?? 0;
        }),
      );
    },
    commands: [],
    faults,
    process(pick) {
      const index = pick % processes.length;
      const chosen = processes[index];
      if (chosen?.isAlive === true) return chosen;
      return (processes[index] = start());
    },
    deliver(job, process) {
      if (job.state === 'active') queue.stall(job);
      const takenBefore = job.timesTaken > 0;
      queue.take(job);
      workers.set(job, process);
      launch(
        process.advance(job, job.stalls, takenBefore).then(
          (outcome) => queue.settle(job, outcome),
          (error: unknown) => {
            queue.fail(job);
            throw error;
          },
        ),
      );
    },
    forge(job, process) {
      launch(process.advance(job, 0));
    },
    findStalled() {
      for (const job of queue.jobs) {
        if (job.state === 'active' && workers.get(job)?.isAlive !== true) queue.stall(job);
      }
    },
    launch,
    async tick(ms, fate) {
      const end = clock.now() + ms;
      for (;;) {
        const next = services.pending.toSorted((a, b) => a.endsAt - b.endsAt)[0];
        if (next === undefined || next.endsAt > end) break;
        pass(next.endsAt - clock.now());
        services.answer(next, fate);
        await turn();
      }
      pass(end - clock.now());
      await turn();
    },
    jump(ms) {
      clock.set(ms);
      services.shift(ms);
      queue.shift(ms);
    },
    async settled() {
      await turn();
    },
  };
}

/** The memory store, every commit seen by the witness. */
async function watchedStore(definitions: readonly WorkflowDefinition[], witness: Witness) {
  const store = createMemoryStore();
  for (const definition of definitions) {
    const { definitionId, version } = definition;
    const source = authoredOf(definition);
    await store.saveDefinition({ definitionId, version, source, createdAt: 0 });
  }
  const append: typeof store.append = async (commit) => {
    const result = await store.append(commit);
    if (result.kind === 'committed') witness.committed(commit);
    return result;
  };
  return { ...store, append };
}

/** The step that the call is made for; null: it is an undo. Operations are named by their definition as well. */
function stepOf(
  definitions: readonly WorkflowDefinition[],
  { operation }: ServiceCall,
): CallStep | null {
  const steps = definitions.flatMap((definition) => definition.steps);
  const step = steps.find((one) => one.kind === 'call' && one.operation === operation);
  return step?.kind === 'call' ? step : null;
}
