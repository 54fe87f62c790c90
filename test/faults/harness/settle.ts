import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';

/** Beyond the 15 s that nothing may stand still: the rest of the way to its end, and a slow machine. */
const PATIENCE_MS = 90_000;
const LOOK_EVERY_MS = 100;

/** Resolves once nothing moves by itself any more, or patience has ended: what then still moves is for the check to find. */
export async function settle(store: WorkflowStore): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const [moving] = await store.overdue(Number.MAX_SAFE_INTEGER, 1);
    if (moving === undefined) return;
    await delay(LOOK_EVERY_MS);
  }
}
