import type { ChildProcess } from '../../../scripts/processes/child-process.ts';
import { engineApi, type EngineApi } from '../../../scripts/processes/engine-api.ts';
import type { Trial } from './fault-case.ts';
import type { EngineProcesses, EngineRole } from '../../../scripts/processes/engine-processes.ts';

/** kill -9 of one process of a role, picked by chance, and another in its place. */
export async function replaceOne(
  engine: EngineProcesses,
  role: EngineRole,
  random: () => number,
): Promise<ChildProcess> {
  const victim = pickOne(engine.running(role), random);
  await kill(victim);
  return await engine.start(role);
}

/** kill -9. */
export async function kill(child: ChildProcess): Promise<void> {
  child.signal('SIGKILL');
  await child.ended;
}

/** The default of SHUTDOWN_GRACE_MS, and what a busy machine adds. A process that is not done 3 s after it ends itself, with 1. */
const GRACE_MS = 10_000;
const TOLERANCE_MS = 3000;

/** SIGTERM, to which a process has to end with 0 within its grace, counted from when it has heard of it. */
export async function stopInTime(child: ChildProcess, blame: Trial['blame']): Promise<void> {
  const ended = child.stop(3 * GRACE_MS);
  await child.waitForLog(/stopping: SIGTERM/);
  const heardAt = performance.now();
  const { code, signal } = await ended;
  const tookMs = performance.now() - heardAt;
  if (code === 0 && tookMs <= GRACE_MS + TOLERANCE_MS) return;
  blame(`${child.name} ended ${code ?? signal} ${(tookMs / 1000).toFixed(1)} s after SIGTERM`);
}

/** @throws Error when there is nothing to pick from */
export function pickOne<T>(things: readonly T[], random: () => number): T {
  const thing = things[Math.floor(random() * things.length)];
  if (thing === undefined) throw new Error('there is nothing to pick from');
  return thing;
}

/** The API of one web process, where there are several. */
export async function apiOf(web: ChildProcess): Promise<EngineApi> {
  const [, url = ''] = await web.waitForLog(/API at (http:\/\/[\w.:[\]-]+)\/api/);
  return engineApi(url);
}
