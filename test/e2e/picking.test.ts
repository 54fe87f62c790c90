import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import test, { type ExecutionContext } from 'ava';
import { receptionSchema } from '#api/schemas/incoming-event.ts';
import { whySchema } from '#api/schemas/waiting.ts';
import type { WorkflowResponse } from '#api/schemas/workflow.ts';
import type { JsonObject } from '#domain/json.ts';
import { awaitStatus, awaitWorkflow, stepOf } from '#test/support/processes/await-workflow.ts';
import { engineForFile } from '#test/support/processes/engine-for-file.ts';
import { pickingBody } from '#test/support/processes/start-bodies.ts';
import { outcomesOf } from '../../scripts/processes/outcomes-of.ts';

/** The shipped definition, of people who are given a second. */
function impatient(): JsonObject {
  const definition: JsonObject = JSON.parse(
    readFileSync('definitions/picking.json', 'utf8').replace(
      '"timeoutMs": 14400000',
      '"timeoutMs": 1000',
    ),
  );
  return { ...definition, definitionId: 'picking-impatient' };
}

const engine = engineForFile(test, {
  settings: { DISPATCH_SLACK_MS: '2000', RECONCILE_INTERVAL_MS: '200' },
  definitions: [impatient()],
});

test.serial('picking waits for its people, says so, and goes on when they are done', async (t) => {
  const { api } = engine();
  const { id } = await api.start(pickingBody());
  const sessionId = await untilAwaiting(id);
  const { body } = await api.ask(`/workflows/${id}/why`);
  const [reason, ...others] = whySchema.parse(body).items;
  t.like(reason, {
    stepId: 'pick-items',
    reason: 'event',
    subject: `PickSessionCompleted ${sessionId}`,
    action: 'picking-service sends the event, or somebody posts it to /api/v1/events',
  });
  t.true(Date.parse(reason?.until ?? '') > Date.now() + 3_600_000);
  t.deepEqual(
    others.map(({ stepId, reason: why }) => [stepId, why]),
    [['confirm-consumption', 'dependency']],
  );

  const event = completed(sessionId, { shortPicks: 1 });
  t.deepEqual(await tell(event), { result: 'done', outcome: 'taken by a step', workflowIds: [id] });
  t.like(await tell(event), { result: 'duplicate' });
  const workflow = await awaitStatus(api, id, 'COMPLETED');
  t.deepEqual(workflow.outputParameters, { sessionId, shortPicks: 1 });
  await isSound(t, workflow);
});

test.serial('an event that comes before the call was answered is taken when it is', async (t) => {
  const { api, simulator } = engine();
  const body = pickingBody();
  const { correlationId } = body;
  const fault = { kind: 'slow', delayMs: 2000 } as const;
  await simulator.addScripts({ correlationId, stepId: 'pick-items', fault });
  const { id } = await api.start(body);
  const sessionId = await untilSession(id);
  t.like(await tell(completed(sessionId)), { result: 'parked' });
  await isSound(t, await awaitStatus(api, id, 'COMPLETED'));
});

test.serial('picking that is cancelled is undone backwards, what was picked first', async (t) => {
  const { api, simulator } = engine();
  const { id } = await api.start(
    pickingBody({ strategy: 'BATCH', putWallId: 'PW-1', slotId: 'S-7' }),
  );
  const sessionId = await untilAwaiting(id);
  t.like(await tell(cancelled(sessionId)), { result: 'done', workflowIds: [id] });
  const workflow = await awaitStatus(api, id, 'COMPENSATED');
  t.like(stepOf(workflow, 'pick-items'), {
    status: 'COMPENSATED',
    errorMessage: `event PickSessionCancelled for key ${sessionId} fails the step`,
  });
  await isSound(t, workflow);
  const undone = (await simulator.ledger(id)).filter(({ kind }) => kind === 'undo');
  t.deepEqual(
    undone.map(({ operation }) => operation),
    ['returnPickedItems', 'clearPutWall', 'cancelPickSession', 'cancelTask', 'deallocateStock'],
  );
});

test.serial('picking that nobody ends in time is undone', async (t) => {
  const { api } = engine();
  const { id } = await api.start({ ...pickingBody(), workflowDefinitionId: 'picking-impatient' });
  const workflow = await awaitStatus(api, id, 'COMPENSATED');
  const { errorMessage } = stepOf(workflow, 'pick-items');
  t.regex(
    errorMessage ?? '',
    /^event PickSessionCompleted for key \S+ did not come within 1000 ms$/,
  );
  await isSound(t, workflow);
});

test.serial(
  'an event that came while all of Redis was lost and the worker dead is not lost',
  async (t) => {
    const { api, redisUrl, running, start } = engine();
    const { id } = await api.start(pickingBody());
    const sessionId = await untilAwaiting(id);
    for (const role of ['worker', 'reconciler'] as const) {
      for (const process of running(role)) {
        process.signal('SIGKILL');
        await process.ended;
      }
    }
    const redis = new Redis(redisUrl);
    await redis.flushall();
    redis.disconnect();
    t.like(await tell(completed(sessionId)), { result: 'done', workflowIds: [id] });
    await start('reconciler');
    await start('worker');
    await isSound(t, await awaitStatus(api, id, 'COMPLETED'));
  },
);

test.serial(
  'the simulated floor ends its sessions itself, where it is told whom to tell',
  async (t) => {
    const { api, simulator } = engine();
    await simulator.sendEvents({ url: `${api.url}/events`, latency: [{ medianMs: 100 }] });
    const started = await Promise.all(Array.from({ length: 10 }, () => api.start(pickingBody())));
    for (const { id } of started) await isSound(t, await awaitStatus(api, id, 'COMPLETED'));
    await simulator.sendEvents(null);
  },
);

/** @returns the session in which it waits for its people */
async function untilAwaiting(id: string): Promise<string> {
  const { api } = engine();
  const workflow = await awaitWorkflow(
    api,
    id,
    ({ waiting }) => waiting?.some(({ reason }) => reason === 'event') === true,
  );
  return sessionOf(workflow);
}

async function untilSession(id: string): Promise<string> {
  const reached = (workflow: WorkflowResponse) =>
    stepOf(workflow, 'create-pick-session').status === 'COMPLETED';
  return sessionOf(await awaitWorkflow(engine().api, id, reached));
}

function sessionOf(workflow: WorkflowResponse): string {
  return String(stepOf(workflow, 'create-pick-session').outputData?.['sessionId']);
}

function completed(sessionId: string, more: JsonObject = {}): JsonObject {
  return { type: 'com.paklog.wes.picking.completed.v1', data: { sessionId, ...more } };
}

function cancelled(sessionId: string): JsonObject {
  return { type: 'pick.session.cancelled', data: { sessionId } };
}

/** The same content is the same event. */
async function tell(event: JsonObject) {
  const id = JSON.stringify(event);
  const body = { specversion: '1.0', id, source: '/picking', ...event };
  const answer = await engine().api.ask('/events', { method: 'POST', body });
  return receptionSchema.parse(answer.body);
}

/** The ledger of the services is as the engine says. */
async function isSound(t: ExecutionContext, workflow: WorkflowResponse): Promise<void> {
  const { api, simulator } = engine();
  const check = await simulator.check(await outcomesOf(api, [workflow]));
  t.like(check, { ok: true, duplicated: 0, leftUndone: 0 }, JSON.stringify(check.offences));
}
