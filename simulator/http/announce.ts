import { drawLatencyMs } from '#simulator/faults/plan.ts';
import type { Call } from '#simulator/http/receive.ts';
import { askedOf } from '#simulator/operation.ts';
import type { Pauses } from '#simulator/pauses.ts';
import { randomFrom } from '#simulator/random.ts';
import type { World } from '#simulator/simulation.ts';

/** People and robots take their time; tests say how long. */
const DEFAULT_LATENCY = { medianMs: 1000, sigma: 0.4, maxMs: 30_000 };
const ATTEMPT_LIMIT_MS = 5000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;

/**
 * Tells by an event that the work of a call is done, some time after it, and again until somebody has heard it. What was undone
 * meanwhile is not told. Nobody waits for it; it ends with the simulator.
 */
export async function announce(world: World, pauses: Pauses, call: Call): Promise<void> {
  const { events } = world;
  const { service, operation, key, scope, params, input } = call;
  if (events === null || operation.announces === null || key === null) return;
  const latency = events.latency.find(
    (entry) =>
      (entry.service ?? service) === service &&
      (entry.operation ?? operation.name) === operation.name,
  );
  const random = randomFrom([world.seed, 'event', scope].join('|'));
  await pauses.pause(drawLatencyMs(latency ?? DEFAULT_LATENCY, random));
  const event = {
    specversion: '1.0',
    id: key.text,
    source: `/${service}`,
    type: operation.announces.type,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data: operation.announces.data(askedOf(`${world.seed}|${scope}`, params, input)),
  };
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    if (isUndone(world, call) || (await isHeard(events.url, event))) return;
    await pauses.pause(pauseMs);
  }
}

function isUndone({ ledger }: World, { key }: Call): boolean {
  if (key === null) return true;
  const entries = ledger.ofWorkflow(key.workflowId);
  return entries.some(({ stepId, kind }) => stepId === key.stepId && kind === 'undo');
}

/** A refusal is an answer too: to say it again would not help. */
async function isHeard(url: string, event: object): Promise<boolean> {
  try {
    const { status } = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(ATTEMPT_LIMIT_MS),
    });
    return status < 500 && status !== 429;
  } catch {
    return false;
  }
}
