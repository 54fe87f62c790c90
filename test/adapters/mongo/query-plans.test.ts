import test, { type ExecutionContext } from 'ava';
import type { mongo } from 'mongoose';
import { z } from 'zod';
import { createIdempotency } from '#adapters/mongo/idempotency.ts';
import { createModels } from '#adapters/mongo/models.ts';
import type { WorkflowFilter } from '#application/ports/workflow-store.ts';
import {
  openObserved,
  type ObservedStore,
  type SentCommand,
} from '#test/adapters/mongo/observed-store.ts';
import {
  committed,
  continuation,
  creation,
  NOW,
  remembered,
} from '#test/contracts/workflow-store/fixtures.ts';
import { mongodbForFile } from '#test/servers/mongodb.ts';

const AFTER = { createdAt: NOW, workflowId: 'w' };
const NEWEST = 'createdAt_-1__id_-1';

const EVENT_NAME = { source: '/s', eventId: 'e' };
const FOREVER = { recordedAt: NOW, expiresAt: 4_000_000_000_000 };
const HANDLED = { ...EVENT_NAME, fingerprint: 'f', outcome: 'started', ...FOREVER };
const WAIT = { service: 's', key: 'k', workflowId: 'w', stepId: 'pick' };
const EVENT = { ...EVENT_NAME, service: 's', key: 'k', event: 1, parkedAt: NOW, expiresAt: NOW };
const WAITS = 'service_1_key_1_workflowId_1_stepId_1';
const PARKED = 'service_1_key_1_parkedAt_1_source_1_eventId_1';

/** Filters of lists, and the index that each is answered from. */
const lists: readonly (readonly [WorkflowFilter, index: string])[] = [
  [{}, NEWEST],
  [{ from: NOW, to: NOW + 9 }, NEWEST],
  [{ status: ['FAILED'] }, `status_1_${NEWEST}`],
  [{ status: ['FAILED', 'PENDING', 'PAUSED'] }, `status_1_${NEWEST}`],
  [{ workflowType: 'PICKING' }, `workflowType_1_status_1_${NEWEST}`],
  [{ workflowType: 'PICKING', status: ['FAILED'] }, `workflowType_1_status_1_${NEWEST}`],
  [{ priority: 'HIGH' }, `priority_1_${NEWEST}`],
  [{ correlationId: 'order-1' }, `correlationId_1_status_1_${NEWEST}`],
  [
    { correlationId: 'order-1', status: ['FAILED'], workflowType: 'PICKING', to: NOW },
    `correlationId_1_status_1_${NEWEST}`,
  ],
];

/** What commands are made of, as far as we look. */
const filtered = z.object({ q: z.record(z.string(), z.unknown()), hint: z.unknown().optional() });
const updateCommand = z.object({ update: z.string(), updates: z.array(filtered) });
const deleteCommand = z.object({ delete: z.string(), deletes: z.array(filtered) });

const mongodb = await mongodbForFile(test);
if (mongodb !== null) {
  for (const [filter, index] of lists) {
    test(`the list by ${JSON.stringify(filter)} is read from ${index}`, async (t) => {
      const observed = await openObserved(t, mongodb.freshUrl());
      await committed(t, observed.store, creation());
      for (const after of [null, AFTER]) {
        const [command] = await observed.commandsOf(() => observed.store.list(filter, after, 10));
        t.deepEqual(await indexesOf(t, observed, command), [index]);
      }
    });
  }

  test('all that the store asks is answered from an index', async (t) => {
    const observed = await openObserved(t, mongodb.freshUrl(), { spillBytes: 1 });
    const { store } = observed;
    const head = await committed(t, store, remembered('key'));
    const rival = await committed(t, store, creation());
    const { workflowId } = head;
    const second = continuation(head);
    const idempotency = createIdempotency(createModels(observed.connection));
    const asked: readonly (readonly [string, index: string, ask: () => Promise<unknown>])[] = [
      ['a commit that spills', '_id_', () => store.append(second)],
      ['a conflict', '_id_', () => store.append(continuation(head))],
      ['a duplicate', 'idempotency.key_1', () => store.append(remembered('key'))],
      ['an expired key', '_id_', () => store.append(remembered('key', { at: NOW + 9999 }))],
      ['expired keys', 'idempotency.expiresAt_1', () => idempotency.sweep(NOW + 99_999)],
      ['postpone', '_id_', () => store.postpone([{ workflowId, version: 1, wakeAt: NOW }])],
      ['readLog', 'workflowId_1_to_1', () => store.readLog(workflowId, 0)],
      ['readLogs', '_id_', () => store.readLogs([workflowId, rival.workflowId])],
      ['currentVersion', '_id_', () => store.currentVersion(workflowId)],
      ['overdue', 'wakeAt_1__id_1', () => store.overdue(NOW, 10)],
      ['writtenAfter', 'wakeAt_1__id_1', () => store.writtenAfter(NOW, 10)],
      ['findIdempotency', 'idempotency.key_1', () => store.findIdempotency('key', NOW)],
      ['counts', 'unfedSince_1', () => store.counts()],
      ['readFeed', 'last_1', () => store.readFeed('1', 10)],
      ['findDefinition', 'definitionId_1_version_1', () => store.findDefinition('d', null)],
      ['findVersion', 'definitionId_1_version_1', () => store.findVersion('d', null)],
      ['claimCursor', '_id_', () => store.claimCursor('relay')],
      ['saveCursor', '_id_', () => store.saveCursor('relay', 1, '1')],
      ['readCursor', '_id_', () => store.readCursor('relay')],
      ['countFeedAfter', 'last_1', () => store.countFeedAfter('1')],
      ['recordInbound', 'source_1_eventId_1', () => store.recordInbound(HANDLED)],
      ['findInbound', 'source_1_eventId_1', () => store.findInbound('/s', 'e', NOW)],
      ['the write of expectEvent', WAITS, () => store.expectEvent(WAIT)],
      ['the read of expectEvent', PARKED, () => store.expectEvent(WAIT)],
      ['the write of deliverEvent', 'source_1_eventId_1', () => store.deliverEvent(EVENT)],
      ['the read of deliverEvent', WAITS, () => store.deliverEvent(EVENT)],
      ['forgetWait', WAITS, () => store.forgetWait(WAIT)],
      ['dropParked', 'source_1_eventId_1', () => store.dropParked(EVENT)],
      ['expiredEvents', 'expiresAt_1_source_1_eventId_1', () => store.expiredEvents(NOW, 10)],
      ['listDefinitions', 'definitionId_1_version_1', () => store.listDefinitions()],
    ];
    for (const [what, index, ask] of asked) {
      const indexes: string[] = [];
      for (const command of await observed.commandsOf(ask)) {
        indexes.push(...(await indexesOf(t, observed, command)));
      }
      t.true(indexes.includes(index), `${what}: ${indexes.join(', ')}`);
      t.false(indexes.includes('none'), what);
    }
  });
}

/** The indexes that a command reads; 'none' for a collection that is read whole. Inserts read nothing. */
async function indexesOf(
  t: ExecutionContext,
  { database }: ObservedStore,
  sent: SentCommand | undefined,
): Promise<readonly string[]> {
  if (sent === undefined) return t.fail('no command was sent') ? [] : [];
  const explained = await Promise.all(
    findsOf(sent).map((find) => database.command({ explain: find, verbosity: 'queryPlanner' })),
  );
  return explained.flatMap(({ queryPlanner }) => stagesOf(queryPlanner.winningPlan));
}

/** A command as the finds that it consists of: the part of an update that is explained is how it finds its document. */
function findsOf({ name, command }: SentCommand): readonly mongo.Document[] {
  switch (name) {
    case 'find': {
      const { find, filter, sort, hint, limit, projection } = command;
      const narrowed = byId(filter);
      const given = Object.entries({ find, filter: narrowed, sort, hint, limit, projection });
      return [Object.fromEntries(given.filter(([, value]) => value !== undefined))];
    }
    case 'update': {
      const { update, updates } = updateCommand.parse(command);
      return updates.map((one) => findOf(update, one));
    }
    case 'findAndModify': {
      const { findAndModify, query } = command;
      return [{ find: findAndModify, filter: query }];
    }
    case 'delete': {
      const { delete: collection, deletes } = deleteCommand.parse(command);
      return deletes.map((one) => findOf(collection, one));
    }
    case 'insert':
    case 'getMore':
      return [];
    default:
      throw new Error(`a command that was not expected: ${name}`);
  }
}

function findOf(collection: string, { q, hint }: z.output<typeof filtered>): mongo.Document {
  return { find: collection, filter: byId(q), ...(hint === undefined ? {} : { hint }) };
}

/**
 * What names an id is found by it, whatever else must hold; the stand-in goes by the id as well, but explains a plan for the
 * whole filter.
 */
function byId(filter: mongo.Document): mongo.Document {
  return '_id' in filter ? { _id: filter['_id'] } : filter;
}

function stagesOf(plan: mongo.Document): readonly string[] {
  const below: readonly mongo.Document[] = [plan['inputStage'], ...(plan['inputStages'] ?? [])];
  const own = plan['stage'] === 'COLLSCAN' ? ['none'] : namesOf(plan['indexName']);
  return [...own, ...below.filter((stage) => stage !== undefined).flatMap(stagesOf)];
}

function namesOf(indexName: unknown): readonly string[] {
  return indexName === undefined ? [] : [String(indexName)];
}
