/** Bounds of the API. Composition may override any; the defaults suit one process on one machine. */
export type ApiSettings = {
  /** Largest request body; above it 413. */
  readonly bodyLimitBytes: number;
  /** Requests in progress at once (streams not counted); above it 429. */
  readonly maxConcurrentRequests: number;
  /** Open event streams; above it 429. */
  readonly maxStreams: number;
  /** How often the feed is looked at while somebody listens. */
  readonly streamPollMs: number;
  /** How often a stream tells the load of the system. */
  readonly streamLoadMs: number;
  /** Silence after which a stream carries a comment, so that proxies keep it open. */
  readonly streamKeepAliveMs: number;
  /** A client that takes nothing for this long is cut off; it may resume. */
  readonly streamStallMs: number;
};

export const DEFAULT_API_SETTINGS: ApiSettings = {
  bodyLimitBytes: 1024 * 1024,
  maxConcurrentRequests: 1000,
  maxStreams: 200,
  streamPollMs: 200,
  streamLoadMs: 5000,
  streamKeepAliveMs: 15_000,
  streamStallMs: 30_000,
};

/** All of SPEC 5 lives below this path. */
export const API_BASE = '/api/v1';
