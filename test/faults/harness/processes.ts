import type { ChildProcess } from '../../../scripts/processes/child-process.ts';
import { engineApi, type EngineApi } from '../../../scripts/processes/engine-api.ts';
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
