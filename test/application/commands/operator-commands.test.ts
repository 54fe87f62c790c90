import test from 'ava';
import { fails } from '#test/support/domain-commands.ts';
import { call, definitionOf, NO_RETRY } from '#test/support/domain-definitions.ts';
import {
  begin,
  createEngineWorld,
  startProcess,
  work,
  type EngineProcess,
} from '#test/support/engine-process.ts';
import { answered } from '#test/support/scripted-services.ts';

const BY = { by: 'ann', reason: 'because' };
const DEFINITION = definitionOf([call('a', [], { retry: NO_RETRY }), call('b', ['a'])], {
  onFailure: 'fail',
});

async function executing() {
  const world = createEngineWorld();
  const process = startProcess(world);
  return { ...process.orchestration, world, process, id: await begin(process, DEFINITION) };
}

/** A workflow whose first step has failed. */
async function failed() {
  const scene = await executing();
  await scene.process.workflows.handle(scene.id, fails('a'));
  return scene;
}

async function lastEvent({ orchestration }: EngineProcess, id: string) {
  return (await orchestration.getWorkflowHistory(id))?.at(-1)?.event;
}

test('pause stops it and says by whom and why, resume lets it go on', async (t) => {
  const { pauseWorkflow, resumeWorkflow, process, id } = await executing();
  const paused = await pauseWorkflow(id, BY);
  t.is(paused.kind === 'done' && paused.state.pausedBy, 'ann');
  t.like(await lastEvent(process, id), { type: 'WorkflowPaused', reason: 'because' });
  const resumed = await resumeWorkflow(id, BY);
  t.is(resumed.kind === 'done' && resumed.state.status, 'EXECUTING');
});

test('cancel ends it', async (t) => {
  const { cancelWorkflow, process, id } = await executing();
  const result = await cancelWorkflow(id, { ...BY, compensate: false });
  t.is(result.kind === 'done' && result.state.status, 'CANCELLED');
  t.deepEqual(await lastEvent(process, id), {
    type: 'WorkflowCancelled',
    reason: 'because',
    cancelledBy: 'ann',
  });
});

test('cancel that asks for undo, and compensate, undo what was done', async (t) => {
  for (const undo of ['cancel', 'compensate'] as const) {
    const {
      cancelWorkflow,
      compensateWorkflow,
      resumeWorkflow,
      world,
      process,
      id,
      pauseWorkflow,
    } = await executing();
    world.services.script('do-b', answered(503));
    await work(world, process);
    await pauseWorkflow(id, BY);
    const result =
      undo === 'cancel'
        ? await cancelWorkflow(id, { ...BY, compensate: true })
        : await compensateWorkflow(id, BY);
    t.is(result.kind === 'done' && result.state.status, 'COMPENSATING');
    // b may be under way: it has some seconds to report
    world.clock.move(10_000);
    await process.sweep();
    await work(world, process);
    t.is((await process.workflows.load(id))?.status, 'COMPENSATED');
    t.true(world.services.calls.some(({ operation }) => operation === 'undo-a'));
    t.is((await resumeWorkflow(id, BY)).kind, 'illegal');
  }
});

test('retry takes a failed workflow up again', async (t) => {
  const { retryWorkflow, world, process, id } = await failed();
  const result = await retryWorkflow(id, BY);
  t.is(result.kind === 'done' && result.state.retryCount, 1);
  await work(world, process);
  t.is((await process.workflows.load(id))?.status, 'COMPLETED');
});

test('a failed step can be put back, left out, or run with other input', async (t) => {
  const back = await failed();
  const retried = await back.retryStep(back.id, { ...BY, stepId: 'a' });
  t.is(retried.kind === 'done' && retried.state.steps.get('a')?.status, 'PENDING');

  const out = await failed();
  const skipped = await out.skipStep(out.id, { ...BY, stepId: 'a' });
  t.is(skipped.kind === 'done' && skipped.state.steps.get('a')?.status, 'SKIPPED');

  const { executeStep, world, process, id } = await failed();
  await executeStep(id, { ...BY, stepId: 'a', inputData: { sku: 'right' } });
  await work(world, process);
  t.deepEqual(world.services.calls.at(-1)?.input, { sku: 'right' });
  t.is((await process.workflows.load(id))?.steps.get('a')?.status, 'COMPLETED');
});

test('every command says so when the workflow is unknown', async (t) => {
  const o = startProcess(createEngineWorld()).orchestration;
  const step = { ...BY, stepId: 'a', inputData: null };
  const results = await Promise.all([
    o.pauseWorkflow('x', BY),
    o.resumeWorkflow('x', BY),
    o.cancelWorkflow('x', { ...BY, compensate: false }),
    o.compensateWorkflow('x', BY),
    o.retryWorkflow('x', BY),
    o.executeStep('x', step),
    o.retryStep('x', step),
    o.skipStep('x', step),
  ]);
  for (const result of results) t.deepEqual(result, { kind: 'unknown-workflow' });
});

test('a command that is not allowed changes nothing, and names the state and what is allowed', async (t) => {
  const { resumeWorkflow, process, id } = await executing();
  const before = await process.workflows.load(id);
  t.deepEqual(await resumeWorkflow(id, BY), {
    kind: 'illegal',
    status: 'EXECUTING',
    message: 'resume is not allowed: the workflow is EXECUTING',
    allowed: ['pause', 'cancel', 'compensate', 'enableWaveless'],
  });
  t.deepEqual(await process.workflows.load(id, { fresh: true }), before);
});

test('a rebalancing that no monitor answers is not done', async (t) => {
  const { rebalanceSystemLoad } = startProcess(createEngineWorld()).orchestration;
  t.is((await rebalanceSystemLoad(0.5)).kind, 'nobody-answers');
});
