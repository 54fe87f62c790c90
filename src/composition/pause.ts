import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves after this long, or as soon as the signal, where there is one, is aborted. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
