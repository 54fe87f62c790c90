import type { LoadReading } from '#domain/policy/load-score.ts';

export type ProbeAnswer =
  /** Figures as they came: whether they can be believed is for the asker. */
  | { readonly kind: 'reading'; readonly reading: LoadReading }
  /** It hangs, refuses, or says something that is no LoadMetrics. */
  | { readonly kind: 'unusable'; readonly reason: string };

/** Asks an instance of a service for its load (the registry's `load` path). Never throws, and answers within seconds. */
export interface LoadProbe {
  probe(serviceName: string, instanceUrl: string): Promise<ProbeAnswer>;
  close(): Promise<void>;
}
