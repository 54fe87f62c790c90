import type { EachBatchHandler, EachBatchPayload } from 'kafkajs';
import { toReceived } from '#adapters/kafka/received.ts';
import type { BatchHandler } from '#application/ports/event-bus.ts';

/**
 * Gives the messages of one fetch of a partition to the handler, and tells kafkajs what may be committed.
 *
 * 1. Only what the handler has called done is resolved, and only resolved offsets are committed.
 * 2. While the handler works, heartbeats go on. One that fails means that the partition is no longer ours: the handler is
 *    aborted, and the failure is passed on when it has ended, because kafkajs joins the group again from there.
 * 3. It returns or throws only when the handler has ended: no two handlers of one process work on the same messages.
 */
export function partitionHandler(
  handle: BatchHandler,
  ending: AbortSignal,
  heartbeatMs: number,
): EachBatchHandler {
  return async ({ batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload) => {
    if (!isRunning() || isStale() || ending.aborted) return;
    const { topic, partition } = batch;
    const messages = batch.messages.map((message) => toReceived(topic, partition, message));
    const revoked = new AbortController();
    const beating = beat(heartbeat, heartbeatMs, revoked);
    let done = 0;
    try {
      done = await handle(messages, AbortSignal.any([ending, revoked.signal]));
    } finally {
      await beating.stop();
    }
    const last = messages[done - 1];
    if (last !== undefined) resolveOffset(last.offset);
    if (revoked.signal.aborted) throw revoked.signal.reason;
  };
}

/** Calls heartbeat again and again; aborts `revoked` with the error when one fails. */
function beat(heartbeat: () => Promise<void>, everyMs: number, revoked: AbortController) {
  let last: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    last = heartbeat().catch((error: unknown) => {
      revoked.abort(error);
      clearInterval(timer);
    });
  }, everyMs);
  return {
    async stop(): Promise<void> {
      clearInterval(timer);
      await last;
    },
  };
}
