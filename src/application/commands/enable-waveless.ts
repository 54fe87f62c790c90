import type { NotAvailable } from '#application/orchestration.ts';

/** Waveless release of a running workflow: comes with the load governor. */
export function enableWaveless() {
  return (_id: string): Promise<NotAvailable> =>
    Promise.resolve({ kind: 'not-available', what: 'waveless release' });
}
