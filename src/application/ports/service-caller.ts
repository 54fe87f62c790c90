import type { HttpBinding } from '#domain/definition/definition.ts';
import type { JsonObject } from '#domain/json.ts';
import type { ErrorType } from '#domain/workflow/vocabulary.ts';

/** One call to a service (SPEC 9, "A call"). */
export type ServiceCall = {
  readonly serviceName: string;
  readonly operation: string;
  /** null: `POST /operations/{operation}` */
  readonly http: HttpBinding | null;
  /** The mapped input: body, query and path parameters are taken from it. */
  readonly input: JsonObject;
  /** null: the service's own timeout. */
  readonly timeoutMs: number | null;
  readonly idempotencyKey: string;
  readonly workflowId: string;
  readonly stepId: string;
  readonly correlationId: string | null;
  /** false: any 2xx will do, its body is not read as JSON (an undo). */
  readonly replyNeeded: boolean;
};

export type CallResult =
  | { readonly kind: 'replied'; readonly reply: JsonObject }
  | {
      readonly kind: 'failed';
      readonly errorType: ErrorType;
      /** May be tried again (SPEC 1). Not to be read off errorType: INTERNAL_ERROR is recoverable from a service's 5xx only. */
      readonly recoverable: boolean;
      readonly message: string;
      /** HTTP status; null: no answer came. */
      readonly status: number | null;
      /** unknown: the request may have had its effect (timed out, broken after it was sent, or an unusable 2xx). */
      readonly outcome: 'not-applied' | 'unknown';
      /** The service asked for a pause of this length. */
      readonly retryAfterMs: number | null;
    }
  /** No call was made: the service's breaker is open, or probing. The step waits and uses no attempt. */
  | { readonly kind: 'parked'; readonly untilMs: number; readonly reason: string };

export type BreakerStatus = {
  readonly serviceName: string;
  readonly state: 'closed' | 'open' | 'half-open';
  /** epoch ms since when it is in this state */
  readonly since: number;
  /** epoch ms at which an open breaker lets probes through; null unless open */
  readonly openUntil: number | null;
  /** Why it opened, for people; null: it is closed, or that is no longer known. */
  readonly reason: string | null;
};

/** Calls to services, behind breakers. Never throws for what a service does. */
export interface ServiceCaller {
  call(call: ServiceCall): Promise<CallResult>;
  breakers(): readonly BreakerStatus[];
  /** Names and operations that definitions may refer to; operations null: any. */
  catalogue(): ReadonlyMap<string, { readonly operations: ReadonlySet<string> | null }>;
  close(): Promise<void>;
}
