import type { CommandResult, Orchestration } from '#application/orchestration.ts';
import { mayHaveBegun } from '#domain/workflow/compensation.ts';
import { stepsInQueue } from '#domain/workflow/due-work.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';
import { CLOCK_TOLERANCE_MS } from '#domain/workflow/timing.ts';
import type { Cluster } from '#test/model/cluster.ts';
import type { Happening, OperatorWish } from '#test/model/happenings.ts';
import { eventFor } from '#test/model/model-events.ts';
import { requestFor } from '#test/support/engine-process.ts';

/** Remembered starts are forgotten after a day: the model does not live that long. */
const LONGEST_DRIFT_MS = 12 * 3_600_000;

/** Lets it happen. */
export async function happen(cluster: Cluster, happening: Happening): Promise<void> {
  await begin(cluster, happening);
  if (!happening.hurried) await cluster.settled();
}

async function begin(cluster: Cluster, happening: Happening): Promise<void> {
  const { queue, services } = cluster;
  const process = cluster.process(happening.process);
  switch (happening.what) {
    case 'start':
      return start(cluster, happening);
    case 'deliver': {
      const job = picked(queue.ready(), happening.pick);
      if (job !== null) cluster.deliver(job, process);
      return;
    }
    case 'deliver-any': {
      const job = picked(queue.jobs, happening.pick);
      if (job !== null) cluster.deliver(job, process);
      return;
    }
    case 'forge': {
      const job = forgery(cluster, happening.pick);
      if (job !== null) cluster.forge(job, process);
      return;
    }
    case 'answer': {
      const call = picked(services.pending, happening.pick);
      if (call !== null) services.answer(call, happening.fate);
      return;
    }
    case 'carry-out': {
      const call = picked(services.pending, happening.pick);
      if (call !== null) services.carryOut(call);
      return;
    }
    case 'arrive':
      return services.arrive(happening.pick);
    case 'lose': {
      const job = picked(queue.jobs, happening.pick);
      if (job !== null) queue.lose(job);
      return;
    }
    case 'tick':
      await cluster.settled();
      return cluster.tick(happening.ms, happening.fate);
    case 'jump': {
      const drift = cluster.clock.now() + happening.ms - cluster.bornAt;
      await cluster.settled();
      if (Math.abs(drift) > LONGEST_DRIFT_MS) return;
      if (isNoticed(happening.ms) || !mayRetryBeUnderWay(cluster)) cluster.jump(happening.ms);
      return;
    }
    case 'sweep':
      return cluster.launch(process.sweep());
    case 'find-stalled':
      return cluster.findStalled();
    case 'flush':
      return queue.loseAll();
    case 'queue-away':
    case 'queue-back':
      return queue.goAway(happening.what === 'queue-away');
    case 'die':
      return process.die();
    case 'doom':
      return process.doom(happening.doom);
    case 'operate':
      return operate(cluster, happening);
    case 'event': {
      const state = picked(cluster.witness.states(), happening.pick);
      const { step, name, twin } = happening;
      const sent = state === null ? null : eventFor(state, { pick: step, name, twin });
      if (sent !== null) cluster.tell(sent, process);
      return;
    }
    case 'event-again': {
      const sent = picked(cluster.events, happening.pick);
      if (sent !== null) cluster.tell(sent, process);
      return;
    }
  }
}

/** Nothing is known wrongly by a clock set forward, nor by one set back so far that the engine knows of it (ADR 23). */
function isNoticed(jumpMs: number): boolean {
  return jumpMs > 0 || jumpMs < -CLOCK_TOLERANCE_MS;
}

/**
 * Of a retry that has begun, or that a process may begin on a state a second old, nobody knows so once the clock is set back by a
 * little to before it was due: the known limit of ADR 5.
 */
function mayRetryBeUnderWay({ services, witness, clock }: Cluster): boolean {
  const calls = new Set(services.pending.map(({ call }) => call.idempotencyKey));
  return witness
    .states()
    .some(({ workflowId, steps }) =>
      [...steps.values()].some(
        (step) =>
          step.status === 'EXECUTING' &&
          step.dueAt !== null &&
          (mayHaveBegun(step, clock.now()) || calls.has(`${workflowId}:${step.stepId}:do`)),
      ),
    );
}

function picked<T>(from: readonly T[], pick: number): T | null {
  return from[pick % Math.max(1, from.length)] ?? null;
}

function start(cluster: Cluster, { key, body, process }: Happening & { what: 'start' }): void {
  const definition = picked(cluster.definitions, key);
  if (definition === null) return;
  const asked: Cluster['starts'][number] = {
    key: `key-${key}`,
    body: `body-${body}`,
    result: null,
  };
  cluster.starts.push(asked);
  const { orchestration } = cluster.process(process);
  const request = requestFor(definition, {
    workflowName: asked.key,
    inputParameters: { order: asked.body },
    maxRetries: 1,
    idempotency: {
      key: asked.key,
      fingerprint: asked.body,
      render: ({ workflowId }) => ({ id: workflowId }),
    },
  });
  cluster.launch(
    orchestration.startWorkflow(request).then((result) => {
      asked.result = result;
    }),
  );
}

function operate(cluster: Cluster, happening: Happening & { what: 'operate' }): void {
  const { wish, pick, step, process } = happening;
  const state = picked(cluster.witness.states(), pick);
  if (state === null) return;
  const { orchestration } = cluster.process(process);
  give(cluster, orchestration, state, wish, anyStep(state, step));
}

/** Gives a command under a mark of its own, by which its traces in the log are known. */
export function give(
  { commands, witness, launch }: Cluster,
  orchestration: Orchestration,
  { workflowId }: WorkflowState,
  wish: OperatorWish,
  stepId: string,
): void {
  const mark = `<${commands.length}>`;
  const statusesBefore = witness.statuses(workflowId).length;
  const asked: Cluster['commands'][number] = { mark, workflowId, statusesBefore, result: null };
  commands.push(asked);
  const work = carryOut(orchestration, workflowId, wish, stepId, mark);
  launch(
    work.then((result) => {
      asked.result = result;
    }),
  );
}

function carryOut(
  orchestration: Orchestration,
  id: string,
  wish: OperatorWish,
  stepId: string,
  mark: string,
): Promise<CommandResult> {
  const by = { by: mark, reason: mark };
  switch (wish) {
    case 'pause':
      return orchestration.pauseWorkflow(id, by);
    case 'resume':
      return orchestration.resumeWorkflow(id, by);
    case 'cancel':
      return orchestration.cancelWorkflow(id, { ...by, compensate: false });
    case 'cancelAndCompensate':
      return orchestration.cancelWorkflow(id, { ...by, compensate: true });
    case 'compensate':
      return orchestration.compensateWorkflow(id, by);
    case 'retry':
      return orchestration.retryWorkflow(id, by);
    case 'retryStep':
      return orchestration.retryStep(id, { ...by, stepId });
    case 'skipStep':
      return orchestration.skipStep(id, { ...by, stepId });
    case 'executeStep': {
      const inputData = stepId.endsWith('1') ? { order: 'corrected' } : null;
      return orchestration.executeStep(id, { ...by, stepId, inputData });
    }
  }
}

/** A failed one, where there is one: only those can be repaired. */
function anyStep(state: WorkflowState, pick: number): string {
  const steps = [...state.steps.values()];
  const failed = steps.filter((step) => step.status === 'FAILED');
  return picked(failed.length > 0 ? failed : steps, pick)?.stepId ?? 'none';
}

/**
 * A job that came from nowhere, or from long ago. Not one that was due a moment ago: who repeats that without a word can't be told
 * from the queue itself, which says so (ADR 6).
 */
function forgery({ witness, queue }: Cluster, pick: number) {
  const state = picked(witness.states(), pick);
  const stepId = state === null ? 's0' : anyStep(state, pick);
  const workflowId = state?.workflowId ?? 'no-such-workflow';
  const forged = [
    { workflowId, stepId: '__proto__', dispatch: 1 },
    { workflowId, stepId, dispatch: 99 },
    { workflowId: 'no-such-workflow', stepId, dispatch: 1 },
    picked(
      queue.chains.flatMap(({ jobs }) => jobs),
      pick * 7,
    ),
  ];
  const job = picked(forged, pick) ?? null;
  if (job === null) return null;
  const isDue = witness
    .trusted(job.workflowId)
    .flatMap((one) => stepsInQueue(one))
    .some((step) => step.stepId === job.stepId && step.dispatch === job.dispatch);
  return isDue ? null : job;
}
