/** A service as the monitor looks at it. */
export type MonitoredService = {
  readonly name: string;
  /** The queue of its steps. */
  readonly queueName: string;
  /** URLs of its instances. */
  readonly instances: readonly string[];
  /** Calls at once over all processes (the registry's); null: what the workers take. */
  readonly concurrency: number | null;
  /** Its instances say themselves how loaded they are. */
  readonly reportsLoad: boolean;
};
