import test from 'ava';
import { createStateCache } from '#application/state-cache.ts';
import { decideCreation } from '#domain/workflow/decide.ts';
import type { WorkflowState } from '#domain/workflow/state.ts';
import { call, creationOf, definitionOf } from '#test/support/domain-definitions.ts';

const DEFINITION = definitionOf([call('a')]);

function stateOf(workflowId: string, changes: Partial<WorkflowState> = {}): WorkflowState {
  return { ...decideCreation(DEFINITION, workflowId, creationOf(DEFINITION), 0).state, ...changes };
}

test('what is put in comes out, with the time at which it was the newest', (t) => {
  const cache = createStateCache(2);
  const state = stateOf('w');
  cache.put(state, 5);
  t.like(cache.get('w'), { checkedAt: 5 });
  t.is(cache.get('w')?.state, state);
  t.is(cache.get('other'), undefined);
});

test('the state that was put in least recently goes first', (t) => {
  const cache = createStateCache(2);
  cache.put(stateOf('a'), 1);
  cache.put(stateOf('b'), 1);
  cache.put(stateOf('a'), 2);
  cache.put(stateOf('c'), 3);
  t.truthy(cache.get('a'));
  t.is(cache.get('b'), undefined);
  t.truthy(cache.get('c'));
});

test('putting a state again makes no second entry', (t) => {
  const cache = createStateCache(2);
  cache.put(stateOf('a'), 1);
  cache.put(stateOf('b'), 1);
  cache.put(stateOf('b'), 2);
  t.truthy(cache.get('a'));
  t.is(cache.get('b')?.checkedAt, 2);
});

test('a read that was overtaken by a commit does not bring the old state back', (t) => {
  const cache = createStateCache(2);
  cache.put(stateOf('a', { version: 9 }), 5);
  cache.put(stateOf('a', { version: 8 }), 6);
  t.is(cache.get('a')?.state.version, 9);
  t.is(cache.get('a')?.checkedAt, 5);
});

test('ended workflows are not kept, failed ones are', (t) => {
  const cache = createStateCache(10);
  for (const status of ['COMPLETED', 'COMPENSATED', 'CANCELLED'] as const) {
    cache.put(stateOf(status), 1);
    cache.put(stateOf(status, { status, version: 99 }), 1);
    t.is(cache.get(status), undefined);
  }
  cache.put(stateOf('f', { status: 'FAILED' }), 1);
  t.truthy(cache.get('f'));
});

test('a cache of no capacity keeps nothing', (t) => {
  const cache = createStateCache(0);
  cache.put(stateOf('a'), 1);
  t.is(cache.get('a'), undefined);
});

test('a dropped state is gone', (t) => {
  const cache = createStateCache(1);
  cache.put(stateOf('a'), 1);
  cache.drop('a');
  t.is(cache.get('a'), undefined);
});

const MB = 1024 * 1024;
const large = (workflowId: string, changes: Partial<WorkflowState> = {}) =>
  stateOf(workflowId, { input: { text: 'x'.repeat(MB) }, ...changes });

test('large states push out more than small ones, those put in least recently first', (t) => {
  const cache = createStateCache(100, 3.5 * MB);
  for (const id of ['a', 'b', 'c']) cache.put(large(id), 1);
  cache.put(large('a'), 2);
  cache.put(stateOf('small'), 1);
  for (const id of ['a', 'b', 'c', 'small']) t.truthy(cache.get(id), id);
  cache.put(large('d'), 1);
  t.deepEqual(
    ['a', 'b', 'c', 'small', 'd'].filter((id) => cache.get(id)),
    ['a', 'c', 'small', 'd'],
  );
});

test('what is put again, dropped or ended takes no room', (t) => {
  const cache = createStateCache(100, 2.5 * MB);
  cache.put(stateOf('small'), 1);
  for (let version = 10; version < 20; version += 1) cache.put(large('a', { version }), 1);
  for (const id of ['b', 'c', 'd']) {
    cache.put(large(id), 1);
    cache.drop(id);
  }
  cache.put(large('e'), 1);
  cache.put(large('e', { version: 50, status: 'COMPLETED' }), 1);
  cache.put(large('f'), 1);
  for (const id of ['small', 'a', 'f']) t.truthy(cache.get(id), id);
});

test('a state that is larger than all the room is not kept, and pushes nobody out', (t) => {
  const cache = createStateCache(100, MB / 2);
  cache.put(stateOf('small'), 1);
  cache.put(large('a'), 1);
  t.is(cache.get('a'), undefined);
  t.truthy(cache.get('small'));
});
