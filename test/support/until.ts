import { setTimeout as delay } from 'node:timers/promises';

/**
 * Resolves as soon as a state is reached; looks every few ms.
 * @throws Error after `limitMs`, so that a test that waits in vain says so
 */
export async function until(
  reached: () => boolean | Promise<boolean>,
  limitMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await reached())) {
    if (performance.now() > deadline)
      throw new Error(`not reached within ${limitMs} ms: ${String(reached)}`);
    await delay(5);
  }
}
