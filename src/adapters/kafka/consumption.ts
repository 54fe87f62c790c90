import type { Consumer, Kafka } from 'kafkajs';
import { partitionHandler } from '#adapters/kafka/partition-handler.ts';
import { pause } from '#adapters/kafka/pause.ts';
import type { Consumption, Subscription } from '#application/ports/event-bus.ts';
import type { Logger } from '#application/ports/logger.ts';

/** A consumer that could not connect, or broke, is followed by a new one after this pause. */
const AGAIN_MS = 1000;
/** How often topics that do not exist yet are looked for. */
const LOOK_FOR_TOPICS_MS = 15_000;
/** A partition whose messages wait for something must not keep all others waiting. */
const PARTITIONS_AT_ONCE = 4;
/** Small, so that joining, leaving and new work take no longer. */
const HEARTBEAT_MS = 500;
const FETCH_WAIT_MS = 200;

export type ConsumptionOptions = {
  readonly kafka: Kafka;
  readonly subscription: Subscription;
  /** A consumer that dies silently is replaced after this long; brokers allow no less than 6000. */
  readonly sessionTimeoutMs: number;
  readonly logger: Logger;
};

/*
 * One loop: a consumer is made, works until it breaks, we are asked to stop, or a topic appears that it does not know, and is
 * closed; then the next one is made. kafkajs would restart some of its failures by itself: it is told not to, so that there is one
 * place that knows how things are. What a broken consumer had under way was not committed and comes again.
 */
export function startConsumption(options: ConsumptionOptions): Consumption {
  const { logger, subscription } = options;
  const stopping = new AbortController();
  const running = loop(stopping.signal);
  return {
    async close() {
      stopping.abort();
      await running;
    },
  };

  async function loop(signal: AbortSignal): Promise<void> {
    let away = false;
    while (!signal.aborted) {
      try {
        const missing = await consumeOnce(options, signal, () => {
          if (away) logger.info('events come in again', { group: subscription.group });
          away = false;
        });
        if (missing !== null) await pause(LOOK_FOR_TOPICS_MS, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!away) logger.warn('no events come in: the bus can not be read', { error });
        away = true;
        await pause(AGAIN_MS, signal);
      }
    }
  }
}

/**
 * @returns null when it ended because we are stopping or new topics are there; 'no topic' when there is none to consume yet
 * @throws what broke the consumer
 */
async function consumeOnce(
  { kafka, subscription, sessionTimeoutMs, logger }: ConsumptionOptions,
  signal: AbortSignal,
  onUp: () => void,
): Promise<'no topic' | null> {
  const present = await presentTopics(kafka, subscription.topics);
  const missing = subscription.topics.filter((topic) => !present.includes(topic));
  if (missing.length > 0) logger.info('waiting for topics that are not there yet', { missing });
  if (present.length === 0) return 'no topic';

  const consumer = kafka.consumer({
    groupId: subscription.group,
    allowAutoTopicCreation: false,
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: HEARTBEAT_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    retry: { restartOnFailure: async () => false },
  });
  const ending = new AbortController();
  const broken = whenBroken(consumer);
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...present], fromBeginning: true });
    await consumer.run({
      autoCommit: true, // after each batch, of what the handler has called done
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatchAutoResolve: false,
      eachBatch: partitionHandler(subscription.handle, ending.signal, HEARTBEAT_MS),
    });
    onUp();
    await Promise.race([broken, whenAborted(signal), topicsAppear(kafka, missing, ending.signal)]);
    return null;
  } finally {
    ending.abort();
    await consumer.disconnect();
  }
}

async function presentTopics(kafka: Kafka, wanted: readonly string[]): Promise<readonly string[]> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    return wanted.filter((topic) => existing.has(topic));
  } finally {
    await admin.disconnect();
  }
}

function whenBroken(consumer: Consumer): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  promise.catch(() => {}); // it may break before anybody waits for it, or after
  return promise;
}

function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Resolves when one of the missing topics is there; never, when none is missing. */
async function topicsAppear(
  kafka: Kafka,
  missing: readonly string[],
  ended: AbortSignal,
): Promise<void> {
  if (missing.length === 0) return await whenAborted(ended);
  while (!ended.aborted) {
    await pause(LOOK_FOR_TOPICS_MS, ended);
    // A bus that does not answer breaks the consumer as well: that is told there.
    const appeared = await presentTopics(kafka, missing).catch(() => []);
    if (appeared.length > 0) return;
  }
}
