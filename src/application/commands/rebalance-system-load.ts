import type { NotAvailable } from '#application/orchestration.ts';

/** Rebalancing of load between service instances: comes with the load governor. */
export function rebalanceSystemLoad() {
  return (_targetUtilization: number | null): Promise<NotAvailable> =>
    Promise.resolve({ kind: 'not-available', what: 'rebalancing of system load' });
}
