/** How busy this process is. */
export interface ProcessLoad {
  /** 0..1: the share of the last interval in which the event loop was busy. */
  utilization(): number;
  /** Further measured figures by name, e.g. resident memory in bytes. */
  figures(): Readonly<Record<string, number>>;
}

/** How busy this process was since the sample before. */
export type ProcessSample = {
  /** 0..100 for one core; beyond it when several are used */
  readonly cpuPercent: number;
  /** 0..100, of the memory that it may use */
  readonly memoryPercent: number;
  /** 0..1 */
  readonly loopUtilization: number;
  /** Mean lateness of the event loop. */
  readonly loopDelayMs: number;
};

export interface ProcessSampler {
  /** Ends an interval and begins the next: for one asker only. */
  sample(): ProcessSample;
  stop(): void;
}
