import { preload } from '#bench/support/preload.ts';
import { openBenchEngine, startOne } from '#bench/support/bench-engine.ts';
import { startAll } from '#bench/support/pace.ts';
import { memoryLog, stopwatch } from '#bench/support/stopwatch.ts';
import { finish, taskFromArgv, type Task } from '#bench/support/task.ts';
import { reconcilerRole } from '#composition/reconciler-role.ts';
import { releaserRole } from '#composition/releaser-role.ts';
import { workerRole } from '#composition/worker-role.ts';

/** The engine doing the same five jobs, in one process as the baseline: starts, worker, reconciler and store. */
const task = taskFromArgv();
// HIGH passes the batches: the cost of the release shows, not its pace
const { waveless = false } = task;
/** HIGH orders that come behind a backlog, one at a time: the first finds a process that has made no call yet. */
const URGENT = 20;
const URGENT_EVERY_MS = 150;
const engine = await openBenchEngine(task);
await preload(engine.store, task.stored);

if (task.mode === 'backlog') {
  await startAll(task, (index) => startOne(engine, index, 'LOW', waveless).then(() => {}));
  await work();
  const measured = stopwatch();
  const latenciesMs: number[] = [];
  for (let index = 0; index < URGENT; index += 1) {
    const workflowId = await startOne(engine, task.workflows + index, 'HIGH', waveless);
    latenciesMs.push(await msToFirstCall(workflowId));
    await new Promise((resolve) => setTimeout(resolve, URGENT_EVERY_MS));
  }
  finish({ ...measured(), latenciesMs, memory: [] });
}

if (task.mode !== 'waiting') await work();
if (task.warmUp !== undefined) {
  await runAll({ ...task, mode: 'throughput', workflows: task.warmUp });
}
const memory = memoryLog();
const measured = stopwatch();
await runAll(task);
const figures = measured();
memory.stop();
const latenciesMs = task.mode === 'latency' ? await latencies() : [];
finish({ ...figures, latenciesMs, memory: memory.entries });

async function work(): Promise<void> {
  await workerRole(null)(engine);
  await reconcilerRole(engine);
  if (waveless) await releaserRole(engine);
}

async function runAll(all: Pick<Task, 'mode' | 'workflows' | 'perSecond'>): Promise<void> {
  const { byStatus: before } = await engine.store.counts();
  await startAll(all, (index) =>
    startOne(engine, index, waveless ? 'HIGH' : 'NORMAL', waveless).then(() => {}),
  );
  if (all.mode !== 'waiting') await allCompleted(before.COMPLETED + all.workflows, before.FAILED);
}

async function allCompleted(completed: number, failed: number): Promise<void> {
  for (;;) {
    // a store with all hands full may not find the time to answer
    const counts = await engine.store.counts().catch(() => null);
    if (counts?.byStatus.COMPLETED === completed) return;
    if ((counts?.byStatus.FAILED ?? 0) > failed) throw new Error('a workflow failed');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** In the order of their starts. */
async function latencies(): Promise<number[]> {
  const newestFirst = await engine.store.list({}, null, task.workflows);
  return newestFirst.toReversed().map((head) => (head.completedAt ?? Infinity) - head.createdAt);
}

/** From the acceptance of a workflow to the call of its first step. */
async function msToFirstCall(workflowId: string): Promise<number> {
  for (;;) {
    const log = await engine.store.readLog(workflowId, 0);
    for (const { event } of log) {
      if (event.type === 'WorkflowStepExecuted') {
        return event.startedAt - (log[0]?.occurredAt ?? Infinity);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
