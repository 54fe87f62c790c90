import { Queue, type ConnectionOptions } from 'bullmq';

/** Redis Streams events are for looking on, not for driving state: a short tail is enough. */
const EVENTS_KEPT = 1000;

/** Opens a queue of steps. Who opens one writes its settings anew, so producers and workers must open it alike. */
export function openQueue(
  name: string,
  options: {
    readonly connection: ConnectionOptions;
    readonly prefix: string;
    readonly onError: (error: Error) => void;
  },
): Queue {
  const { connection, prefix, onError } = options;
  const streams = { events: { maxLen: EVENTS_KEPT } };
  const queue = new Queue(name, { connection, prefix, streams });
  queue.on('error', onError);
  return queue;
}
