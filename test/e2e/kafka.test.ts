import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readTriggers } from '#application/inbound/read-triggers.ts';
import { topicsOf } from '#application/inbound/trigger.ts';
import type { WorkflowResponse } from '#api/schemas/workflow.ts';
import type { BusMessage } from '#application/ports/event-bus.ts';
import { ownKafkaForFile } from '#test/adapters/kafka/kafka-for-file.ts';
import { until } from '#test/support/until.ts';
import { awaitStatus, awaitWorkflow } from '#test/support/processes/await-workflow.ts';
import { engineForFile } from '#test/support/processes/engine-for-file.ts';
import { kafkaSettings, testBus } from '#test/support/processes/kafka-for-engine.ts';
import { orderBody, pickingBody } from '#test/support/processes/start-bodies.ts';
import { startChild } from '../../scripts/processes/child-process.ts';
import { checkTopic } from '../../scripts/processes/published-events.ts';

/** Backlogs and hand-overs take seconds; a machine with all cores busy takes its time. */
const LIMIT_MS = 60_000;
const ORDERS = 'fulfillment.order_management.v1.events';
const VALIDATED = 'com.example.fulfillment.order.validated';

const kafka = await ownKafkaForFile(test);
if (kafka !== null) {
  const brokers = kafka.address;
  const settings = kafkaSettings(brokers);
  const topic = settings.KAFKA_WORKFLOW_TOPIC;
  const dead = settings.KAFKA_DEAD_LETTER_TOPIC;
  const engine = engineForFile(test, {
    counts: { relay: 1 },
    // So that orders last long enough to be met half-way.
    faults: { latency: [{ medianMs: 40, sigma: 0.3 }] },
    settings: { ...settings, DISPATCH_SLACK_MS: '2000', RECONCILE_INTERVAL_MS: '200' },
  });

  /** Until all of the log is on the topic. */
  const drained = async () => {
    const isDrained = async () => (await engine().api.health()).eventBacklog?.events === 0;
    await until(isDrained, LIMIT_MS);
  };

  const isAsLogged = async (t: ExecutionContext, ids: readonly string[]) => {
    await drained();
    const messages = await testBus(t, brokers).readTopic(topic);
    const verdict = await checkTopic(engine().api, ids, messages);
    t.deepEqual(verdict.faults, []);
    return verdict;
  };

  test.serial(
    'what happens goes out in the order of each log, whole, although the relay is killed',
    async (t) => {
      const { api } = engine();
      const placed = await Promise.all(orders(30).map((body) => api.start(body)));
      const ids = placed.map(({ id }) => id);
      const [first = '', second = ''] = ids;
      await api.command(first, 'pause');
      await api.command(first, 'resume');
      await api.command(second, 'cancel', { compensate: true });
      await replace('relay');
      for (const id of ids) await awaitStatus(api, id, 'COMPLETED', 'COMPENSATED', 'CANCELLED');
      await replace('relay');
      const { messages } = await isAsLogged(t, ids);
      t.true(messages > 30 * 10, `${messages} messages`);
    },
  );

  test.serial(
    'Kafka is killed: workflows go on, the backlog is told, and drains in order afterwards',
    async (t) => {
      const { api, webUrl } = engine();
      await drained();
      await kafka.kill();
      const placed = await Promise.all(orders(10).map((body) => api.start(body)));
      const ids = placed.map(({ id }) => id);
      for (const id of ids) await awaitStatus(api, id, 'COMPLETED');
      const health = await api.health();
      t.is(health.status, 'DEGRADED');
      t.like(health.dependencies['kafka'], { status: 'DOWN' });
      t.true((health.eventBacklog?.events ?? 0) > 10 * 10);
      const metrics = await (await fetch(`${webUrl}/metrics`)).text();
      t.regex(metrics, /^wes_event_backlog\{bus="kafka"\} [1-9]/m);
      t.regex(metrics, /^wes_event_backlog_age_seconds\{bus="kafka"\} [\d.]+$/m);

      await kafka.start();
      await isAsLogged(t, ids);
      t.is((await api.health()).status, 'UP');
    },
  );

  test.serial(
    'events of services start and end workflows, each once, although their consumer is killed',
    async (t) => {
      const { api } = engine();
      const bus = testBus(t, brokers, await shippedTopics());
      const ids = Array.from({ length: 40 }, () => randomUUID());
      const validated = ids.map((id) => structured(VALIDATED, `v-${id}`, order(id)));
      await bus.publish(validated.slice(0, 20));
      await engine().start('events');
      await bus.publish([...validated.slice(20), ...validated.slice(0, 10)]);
      const started = async (count: number) =>
        (await api.list()).filter(({ triggeredBy }) => triggeredBy === 'event:order-validated')
          .length >= count;
      await until(() => started(5), LIMIT_MS);
      await replace('events');
      // The rest in binary mode, some again, and from here on an end for two of them.
      const [one = '', two = ''] = ids;
      await bus.publish([
        ...ids.slice(30).map((id) => binary(VALIDATED, `v-${id}`, order(id))),
        structured('com.example.fulfillment.order.cancelled', `c-${one}`, order(one)),
        structured('com.example.fulfillment.order.cancelled', `c-${two}`, order(two)),
      ]);
      await until(() => started(40), LIMIT_MS);
      const last = randomUUID();
      await bus.publish([structured(VALIDATED, `v-${last}`, order(last))]);
      await until(() => started(41), LIMIT_MS);

      const workflows = (await api.list()).filter(
        ({ triggeredBy }) => triggeredBy === 'event:order-validated',
      );
      const keys = workflows.map(({ correlationId }) => correlationId ?? '');
      t.deepEqual(keys.toSorted(), [...ids, last].toSorted(), 'each once');
      for (const { id } of workflows) {
        await awaitStatus(api, id, 'COMPLETED', 'COMPENSATED', 'CANCELLED');
      }
      const all = (await api.list()).map(({ id }) => id);
      await isAsLogged(t, all);
    },
  );

  test.serial('an event of a service completes the step that waits for it', async (t) => {
    const { api } = engine();
    const { id } = await api.start(pickingBody());
    const isAwaiting = ({ waiting }: WorkflowResponse) =>
      waiting?.some(({ reason }) => reason === 'event') === true;
    const { steps } = await awaitWorkflow(api, id, isAwaiting, LIMIT_MS);
    const bus = testBus(t, brokers, await shippedTopics());
    const session = steps.find(({ stepId }) => stepId === 'create-pick-session');
    const sessionId = session?.outputData?.['sessionId'];
    const message = {
      topic: 'pick.session.completed',
      key: null,
      value: JSON.stringify({ sessionId, shortPicks: 0 }),
      headers: new Map(),
    };
    await bus.publish([message]);
    if (engine().running('events').length === 0) await engine().start('events');
    const isDone = ({ status }: WorkflowResponse) => status === 'COMPLETED';
    t.like(await awaitWorkflow(api, id, isDone, LIMIT_MS), { outputParameters: { sessionId } });
  });

  test.serial(
    'what can not be used is a dead letter with its reason and place, and may be sent again',
    async (t) => {
      const { api } = engine();
      const bus = testBus(t, brokers);
      const before = (await bus.readTopic(ORDERS)).length;
      const marked = structured(VALIDATED, 'twice', order('first-of-name'));
      await bus.publish([marked]);
      const startOf = async (correlationId: string) =>
        (await api.list()).find((workflow) => workflow.correlationId === correlationId);
      await until(async () => (await startOf('first-of-name')) !== undefined, LIMIT_MS);
      const bad: BusMessage[] = [
        raw(Buffer.from([0xff, 0xfe, 0x7b])),
        raw(JSON.stringify({ ...cloudEvent(VALIDATED, 'x', order('x')), id: undefined })),
        raw(JSON.stringify({ ...cloudEvent(VALIDATED, 'x', order('x')), specversion: '0.3' })),
        structured(VALIDATED, 'twice', order('second-of-name')),
        structured('com.example.unknown', 'u-1', {}),
        structured(VALIDATED, 'long-key', order('k'.repeat(10_000))),
        structured('com.example.fulfillment.order.cancelled', 'c-none', order('not-begun-yet')),
        raw('{"order":', 'k'.repeat(10_000)),
        structured(VALIDATED, 'large', { ...order('large'), filling: 'x'.repeat(2 * 1024 * 1024) }),
      ];
      await bus.publish(bad);
      const good = structured(VALIDATED, 'v-good', order('after-the-bad-ones'));
      await bus.publish([good]);
      await until(async () => (await startOf('after-the-bad-ones')) !== undefined, LIMIT_MS);
      const letters = async () => (await bus.readTopic(dead)).length;
      await until(async () => (await letters()) >= bad.length, LIMIT_MS);

      const { lines, code } = await dlq(t, 'list');
      t.is(code, 0);
      for (const words of [
        /undecodable +\S+\/\d+\/\d+ +the message is not valid UTF-8/,
        /undecodable .*id is missing/,
        /undecodable .*specversion must be 1\.0, not "0\.3"/,
        /id-reused .*twice/,
        /unmatched .*com\.example\.unknown/,
        /rejected .*1 to 200 printable ASCII characters; it has 10000/,
        /unmatched .*not-begun-yet/,
        /undecodable .*not valid JSON/,
        /undecodable .*the message has 2\d{6} bytes, more than 1048576/,
      ]) {
        t.true(
          lines.some((line) => words.test(line)),
          `${words} in\n${lines.join('\n')}`,
        );
      }
      t.true((await bus.readTopic(ORDERS)).length > before);

      const place = lines.find((line) => line.includes('not-begun-yet'))?.split(' ')[0] ?? '';
      const shown = await dlq(t, 'show', place);
      t.like(JSON.parse(shown.lines.join('\n')), { place, reason: 'unmatched', replayed: false });
      // Put right: now there is an order that can be cancelled.
      await bus.publish([structured(VALIDATED, 'v-late', order('not-begun-yet'))]);
      await until(async () => (await startOf('not-begun-yet')) !== undefined, LIMIT_MS);
      t.is((await dlq(t, 'replay', place)).code, 0);
      await until(async () => {
        const { status } = (await startOf('not-begun-yet')) ?? {};
        return status !== undefined && status !== 'PENDING' && status !== 'EXECUTING';
      }, LIMIT_MS);
      t.false((await dlq(t, 'list')).lines.some((line) => line.startsWith(`${place} `)));
      t.is((await dlq(t, 'replay', '9/999')).code, 1);
    },
  );

  /** kill -9 of the process of a role, and another in its place. */
  async function replace(role: 'relay' | 'events'): Promise<void> {
    for (const child of engine().running(role)) {
      child.signal('SIGKILL');
      await child.ended;
    }
    await engine().start(role);
  }

  async function dlq(t: ExecutionContext, ...args: readonly string[]) {
    const logFile = join(engine().folder, `dlq-${randomUUID()}.log`);
    const child = await startChild({
      name: 'dlq',
      script: ['scripts/dlq.ts', ...args],
      env: settings,
      logFile,
    });
    t.teardown(() => child.stop());
    const { code } = await child.ended;
    return { code, lines: (await child.log()).trim().split('\n') };
  }
}

function orders(count: number) {
  return Array.from({ length: count }, () => orderBody());
}

/** The data of an order event, as order-management-service tells it. */
function order(orderId: string) {
  const { inputParameters } = orderBody();
  const { customerId, country, currency, totalValue, lines } = inputParameters ?? {};
  return {
    order: {
      order_id: orderId,
      customer_id: customerId,
      ship_to: { country },
      currency,
      total_value: totalValue,
      lines,
    },
  };
}

function cloudEvent(type: string, id: string, data: object) {
  return { specversion: '1.0', id, source: '/order-management', type, data };
}

async function shippedTopics(): Promise<readonly string[]> {
  const shipped = readTriggers(JSON.parse(await readFile('config/triggers.json', 'utf8')));
  return shipped.kind === 'valid' ? topicsOf(shipped.triggers) : [];
}

function structured(type: string, id: string, data: object): BusMessage {
  return raw(JSON.stringify(cloudEvent(type, id, data)));
}

function binary(type: string, id: string, data: object): BusMessage {
  const { data: _, ...attributes } = cloudEvent(type, id, data);
  const headers = Object.entries(attributes).map(
    ([name, value]) => [`ce_${name}`, value] satisfies [string, string],
  );
  return { topic: ORDERS, key: id, value: JSON.stringify(data), headers: new Map(headers) };
}

function raw(value: string | Uint8Array, key: string | null = null): BusMessage {
  return { topic: ORDERS, key, value, headers: new Map() };
}
