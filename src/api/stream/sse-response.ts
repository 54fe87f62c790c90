import { once } from 'node:events';
import type { Response } from 'express';

/** How long a browser waits before it connects again. */
const RECONNECT_MS = 2000;

export type SseResponse = {
  /** Sends text; resolves when the client has taken enough of it to send more. */
  readonly send: (text: string) => Promise<void>;
  /** Sends text if the client has room for it, else drops it. */
  readonly offer: (text: string) => void;
  /** Aborted once the stream is over, whoever ended it. */
  readonly closed: AbortSignal;
  readonly end: () => void;
};

/**
 * An answer that stays open as a stream of server-sent events.
 * What is not taken stays in one socket buffer; a client that takes nothing for `stallMs` is cut off.
 * @param shutdown ends the stream
 */
export function openSse(
  res: Response,
  options: {
    readonly keepAliveMs: number;
    readonly stallMs: number;
    readonly shutdown: AbortSignal;
  },
): SseResponse {
  const over = new AbortController();
  res.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    // Else nginx gathers the stream before it hands it on.
    'X-Accel-Buffering': 'no',
  });
  const end = () => void res.end();
  const keepAlive = setInterval(() => {
    if (!res.writableNeedDrain) res.write(': keep-alive\n\n');
  }, options.keepAliveMs);
  res.once('close', () => {
    clearInterval(keepAlive);
    options.shutdown.removeEventListener('abort', end);
    over.abort();
  });
  options.shutdown.addEventListener('abort', end);
  res.write(`retry: ${RECONNECT_MS}\n\n`);
  if (options.shutdown.aborted) end();

  return {
    end,
    closed: over.signal,
    offer(text) {
      if (!res.writableEnded && !over.signal.aborted && !res.writableNeedDrain) res.write(text);
    },
    async send(text) {
      if (res.writableEnded || over.signal.aborted) return;
      if (res.write(text)) return;
      const patience = AbortSignal.timeout(options.stallMs);
      const signal = AbortSignal.any([over.signal, patience]);
      await once(res, 'drain', { signal }).catch(() => {
        if (patience.aborted) res.destroy();
      });
    },
  };
}
