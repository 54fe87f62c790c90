import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createKafkaBus } from '#adapters/kafka/kafka-bus.ts';
import { DEFAULT_TOPICS } from '#application/events/async-api.ts';
import { handleBatch } from '#application/inbound/handle-batch.ts';
import { readTriggers } from '#application/inbound/read-triggers.ts';
import { receiveEvent } from '#application/inbound/receive-event.ts';
import type { BusMessage, EventBus } from '#application/ports/event-bus.ts';
import { beginRelayTerm } from '#application/relay/relay-term.ts';
import { FIVE_STEPS, openBenchEngine, startOne } from '#bench/support/bench-engine.ts';
import type { Arena } from '#bench/support/contest.ts';
import { percentile, table } from '#bench/support/figures.ts';
import type { Task } from '#bench/support/task.ts';
import type { Engine } from '#composition/engine.ts';
import { pause } from '#composition/pause.ts';

const TOPIC = 'bench.orders';
const BATCHES_PER_SECOND = 50;
const SECONDS = 20;
/** What is left at the end is waited for this long. */
const PATIENCE_MS = 60_000;

export type EventsOptions = {
  /** `host:port` */
  readonly brokers: string;
  /** Started before the relay begins; three published events of each. */
  readonly workflows: number;
  /** Events that come in. */
  readonly perSecond: number;
};

/** How fast the log goes out to Kafka, and how far the consumer is behind when so many events a second start workflows. */
export async function events(arena: Arena, options: EventsOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'wes-bench-'));
  const task: Task = {
    ...arena,
    folder,
    store: 'sqlite',
    mode: 'waiting',
    workflows: 1,
    perSecond: 1,
    stored: 0,
  };
  const engine = await openBenchEngine(task);
  const open = () => openBus(engine, options.brokers);
  const [out, producer, consumer] = [open(), open(), open()];
  try {
    const published = await publish(engine, out, options.workflows);
    const lag = await consume(engine, producer, consumer, options.perSecond);
    console.log(
      table([
        ['', 'figure'],
        ['events published per second', published.toFixed(0)],
        ['events consumed per second', lag.perSecond.toFixed(0)],
        ['CPU per event consumed, its producer included', `${lag.cpuMsPerEvent.toFixed(2)} ms`],
        ['consumer lag, p50', `${lag.p50Ms.toFixed(0)} ms`],
        ['consumer lag, p99', `${lag.p99Ms.toFixed(0)} ms`],
        ['consumer lag, most', `${lag.mostMs.toFixed(0)} ms`],
      ]),
    );
    console.log(JSON.stringify({ publishedPerSecond: published, ...lag }));
  } finally {
    await Promise.all([out.close(), producer.close(), consumer.close()]);
    await engine.close();
    await rm(folder, { recursive: true });
  }
}

/** @returns messages per second, from the first page to the last saved cursor */
async function publish(engine: Engine, bus: EventBus, workflows: number): Promise<number> {
  const { orchestration, store, clock, logger } = engine;
  const by = { by: 'bench', reason: 'bench' };
  for (let first = 0; first < workflows; first += 100) {
    const hundred = Array.from({ length: 100 }, async (_, index) => {
      const id = await startOne(engine, first + index, 'NORMAL');
      await orchestration.pauseWorkflow(id, by);
      await orchestration.resumeWorkflow(id, by);
    });
    await Promise.all(hundred);
  }
  await bus.publish([]); // makes the topics
  let messages = 0;
  const counting = {
    async publish(batch: readonly BusMessage[]) {
      await bus.publish(batch);
      messages += batch.length;
    },
  };
  const term = await beginRelayTerm({
    store,
    clock,
    logger,
    workflows: engine.workflows,
    bus: counting,
    outgoing: { topic: DEFAULT_TOPICS.workflow, format: 'structured' },
    deadLetterTopic: DEFAULT_TOPICS.deadLetters,
  });
  const begunAt = performance.now();
  while ((await term.publishNext()) !== 'idle');
  return (messages * 1000) / (performance.now() - begunAt);
}

/** Lag: from the moment at which an event was to be sent until its workflow is durable and it is written down. */
async function consume(engine: Engine, producer: EventBus, consumer: EventBus, perSecond: number) {
  const { clock, logger, store, orchestration, stepEvents } = engine;
  const triggers = benchTriggers();
  const receive = receiveEvent({ triggers, orchestration, stepEvents, store, clock });
  const lagsMs: number[] = [];
  const count = perSecond * SECONDS;
  await producer.publish([]);
  consumer.consume({
    group: 'bench',
    topics: [TOPIC],
    handle: handleBatch({
      triggers,
      bus: consumer,
      deadLetterTopic: DEFAULT_TOPICS.deadLetters,
      clock,
      logger,
      async receive(incoming) {
        const reception = await receive(incoming);
        lagsMs.push(Date.now() - Date.parse(incoming.time ?? ''));
        return reception;
      },
      patience: {
        ...{ attempts: 3, attemptLimitMs: 30_000, pauseMs: 500, pause },
        isUp: async () => true,
      },
    }),
  });
  const begunAt = Date.now();
  const cpu = process.cpuUsage();
  const size = perSecond / BATCHES_PER_SECOND;
  for (let batch = 0; batch < SECONDS * BATCHES_PER_SECOND; batch += 1) {
    const at = begunAt + (batch * 1000) / BATCHES_PER_SECOND;
    await delay(Math.max(0, at - Date.now()));
    await producer.publish(
      Array.from({ length: size }, (_, place) => event(batch * size + place, at)),
    );
  }
  const deadline = performance.now() + PATIENCE_MS;
  while (lagsMs.length < count && performance.now() < deadline) await delay(20);
  if (lagsMs.length < count) throw new Error(`${count - lagsMs.length} events were not consumed`);
  const { user, system } = process.cpuUsage(cpu);
  return {
    cpuMsPerEvent: (user + system) / 1000 / lagsMs.length,
    perSecond: (lagsMs.length * 1000) / (Date.now() - begunAt),
    p50Ms: percentile(lagsMs, 0.5),
    p99Ms: percentile(lagsMs, 0.99),
    mostMs: Math.max(...lagsMs),
  };
}

function openBus({ logger }: Engine, brokers: string): EventBus {
  const topics = [DEFAULT_TOPICS.workflow, DEFAULT_TOPICS.deadLetters, TOPIC];
  return createKafkaBus({
    brokers: [brokers],
    clientId: 'wes-bench',
    logger,
    topics: topics.map((topic) => ({ topic, partitions: 6, replication: 1, settings: {} })),
  });
}

function event(number: number, at: number): BusMessage {
  const body = {
    specversion: '1.0',
    id: `e-${number}`,
    source: '/bench',
    type: 'bench.order',
    time: new Date(at).toISOString(),
    data: { orderId: `o-${number}` },
  };
  return { topic: TOPIC, key: `o-${number}`, value: JSON.stringify(body), headers: new Map() };
}

function benchTriggers() {
  const read = readTriggers({
    triggers: [
      {
        name: 'order',
        topic: TOPIC,
        type: 'bench.order',
        action: 'start',
        key: '/orderId',
        workflowDefinitionId: FIVE_STEPS.definitionId,
        workflowType: FIVE_STEPS.workflowType,
        input: { orderId: { $from: '/key' } },
      },
    ],
  });
  if (read.kind === 'invalid') throw new Error(read.faults.join('\n'));
  return read.triggers;
}
