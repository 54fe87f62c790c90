import type { ScriptInput } from '#simulator/faults/config.ts';
import { loadBody, loadDefinition } from '#test/support/processes/start-bodies.ts';
import { until } from '#test/support/until.ts';
import { healed, type FaultCase } from '../harness/fault-case.ts';
import type { Order } from '../harness/place-starts.ts';
import { pickOne, stopInTime } from '../harness/processes.ts';

const DEFINITION = 'fault-long-calls';
const SLOW_STEP = 'assign-carrier';
/** Until a lock has run out, its job has been found, and the call is made again. */
const RECOVERED_MS = 45_000;

/**
 * Workers are stopped in good order, as for every release, in the middle of calls that outlast their grace, of steps that are not
 * tried again. They end in time, and nobody takes the call that we broke off ourselves for a failure of the service.
 */
export const stoppedWorker: FaultCase = {
  letter: 'q',
  title: 'SIGTERM of a worker in a call longer than its grace',
  async play({ engine, place, random, long, settled, blame, starts }) {
    await engine.api.ask('/definitions', { method: 'POST', body: definition() });
    const orders = Array.from({ length: long ? 60 : 12 }, (): Order => {
      return { ending: 'COMPLETED', body: loadBody(DEFINITION) };
    });
    const scripts = orders.map(({ body: { correlationId } }): ScriptInput => {
      const delayMs = Math.floor(12_000 + 4000 * random());
      const fault = { kind: 'slow', delayMs } as const;
      return { correlationId, stepId: SLOW_STEP, attempts: [1], fault };
    });
    await engine.simulator.addScripts(...scripts);
    await place({ orders, perSecond: 30 }).done;
    await until(async () => (await engine.simulator.stats()).faults['slow'] === orders.length);

    await stopInTime(pickOne(engine.running('worker'), random), blame);
    const since = healed();
    await engine.start('worker');
    await settled();
    const recoveredMs = performance.now() - since.tick;
    if (recoveredMs > RECOVERED_MS) blame(`it took ${(recoveredMs / 1000).toFixed(1)} s`);
    await blameReportedFailures();
    // nothing happens while a call takes its time: that is no standing still
    return { ...healed(), recoveredMs };

    async function blameReportedFailures(): Promise<void> {
      for (const { answers } of starts()) {
        const id = answers.at(-1)?.workflowId;
        const { body } = await engine.api.ask(`/workflows/${id}/events`);
        const told = JSON.stringify(body);
        if (told.includes('WorkflowStepFailed')) blame(`a failure was reported of ${id}`);
      }
    }
  },
};

function definition() {
  const plain = loadDefinition(DEFINITION);
  const retry = { retries: 0, initialDelayMs: 100, maxDelayMs: 100, multiplier: 1 };
  const steps = (plain['steps'] as readonly object[]).map((step) => {
    return { ...step, retry, timeoutMs: 30_000 };
  });
  return { ...plain, steps };
}
