import type { Dispatcher } from 'undici';
import type { ResponseHeaders } from '#adapters/http/response-headers.ts';
import { MAX_OUTPUT_BYTES } from '#domain/workflow/output-limit.ts';

/**
 * One request and its answer, straight on undici's dispatch: no streams between the socket and the few KiB that come back.
 *
 * 1. An exchange ends exactly once, at the latest when its time is up; nothing that happens later changes the end.
 * 2. undici calls onRequestStart just before the first byte goes out. Until then nothing was sent, whatever the error is called;
 *    from then on the request may have arrived.
 * 3. An exchange that ended before it started (no connection in time) refuses to start: it can't be sent late.
 * 4. No socket is left with an unread body: an answer is read to its end, or its connection is destroyed.
 */

/** What a 2xx is read for. A body larger than `limit` bytes ends the exchange. */
export type Wanted = 'reply' | 'status';

export type ExchangeEnd =
  /** The whole body; of an error or a body that nobody wants, as much as came. */
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: ResponseHeaders;
      readonly body: Buffer;
    }
  /** A 2xx whose body is larger than REPLY_LIMIT. */
  | { readonly kind: 'oversized'; readonly status: number }
  /** `sent` false: no byte of the request left this process. `status` null: no answer had begun. */
  | { readonly kind: 'timed-out'; readonly sent: boolean; readonly status: number | null }
  | {
      readonly kind: 'broken';
      readonly sent: boolean;
      readonly status: number | null;
      readonly error: Error;
    };

/** Bytes of a reply (SPEC 9). */
export const REPLY_LIMIT = MAX_OUTPUT_BYTES;
/** Bytes of an error's body that are read for its message. */
const ERROR_BODY_LIMIT = 16 * 1024;

/**
 * Sends a request.
 * @param timeoutMs for all of it: connection, headers and body
 * @returns never rejects
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  wanted: Wanted,
  timeoutMs: number,
): Promise<ExchangeEnd> {
  return new Promise((resolve) => {
    dispatcher.dispatch(request, new Exchange(resolve, wanted, timeoutMs));
  });
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (end: ExchangeEnd) => void;
  readonly #wanted: Wanted;
  readonly #timer: NodeJS.Timeout;
  #ended = false;
  /** null: not started. */
  #controller: Dispatcher.DispatchController | null = null;
  #answer: { status: number; headers: ResponseHeaders } | null = null;
  #chunks: Buffer[] = [];
  #received = 0;

  constructor(resolve: (end: ExchangeEnd) => void, wanted: Wanted, timeoutMs: number) {
    this.#resolve = resolve;
    this.#wanted = wanted;
    this.#timer = setTimeout(() => this.#onTimeout(), timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#ended) controller.abort(new Error('the call ended before it was sent'));
    else this.#controller = controller;
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: ResponseHeaders,
  ): void {
    // 1xx: the answer proper is still to come.
    if (status >= 200) this.#answer = { status, headers };
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#ended) return;
    this.#received += chunk.length;
    if (this.#received <= this.#limit()) {
      this.#chunks.push(chunk);
      return;
    }
    this.#end(this.#earlyEnd() ?? { kind: 'oversized', status: this.#answer?.status ?? 0 });
    controller.abort(new Error('the body is larger than its limit'));
  }

  onResponseEnd(): void {
    if (this.#answer !== null) this.#end(this.#answered(this.#answer));
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    const sent = this.#controller !== null;
    const status = this.#answer?.status ?? null;
    this.#end(this.#earlyEnd() ?? { kind: 'broken', sent, status, error });
  }

  #onTimeout(): void {
    const sent = this.#controller !== null;
    const status = this.#answer?.status ?? null;
    this.#end(this.#earlyEnd() ?? { kind: 'timed-out', sent, status });
    this.#controller?.abort(new Error('the time of the call is up'));
  }

  /** Where the status says it all, the body need not be whole. */
  #earlyEnd(): ExchangeEnd | null {
    if (this.#answer === null || this.#needsBody(this.#answer.status)) return null;
    return this.#answered(this.#answer);
  }

  #needsBody(status: number): boolean {
    return this.#wanted === 'reply' && isSuccess(status);
  }

  #limit(): number {
    return this.#answer !== null && isSuccess(this.#answer.status) ? REPLY_LIMIT : ERROR_BODY_LIMIT;
  }

  #answered(answer: { status: number; headers: ResponseHeaders }): ExchangeEnd {
    const [first] = this.#chunks;
    const body = first && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    return { kind: 'answered', ...answer, body };
  }

  #end(end: ExchangeEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#resolve(end);
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}
