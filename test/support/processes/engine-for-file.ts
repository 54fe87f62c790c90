import type { TestFn } from 'ava';
import type { JsonObject } from '#domain/json.ts';
import {
  startEngineProcesses,
  type EngineOptions,
  type EngineProcesses,
} from '../../../scripts/processes/engine-processes.ts';

/**
 * An engine of real processes for a whole test file: `const engine = engineForFile(test);` before its tests, `engine().api` within
 * them. It takes about two seconds to start. After a failure its folder, with the logs of all processes, stays.
 */
export function engineForFile<Context>(
  test: TestFn<Context>,
  options: EngineOptions & {
    /** Saved through the API before the first test. */
    readonly definitions?: readonly JsonObject[];
  } = {},
): () => EngineProcesses {
  let engine: EngineProcesses | null = null;
  let failed = false;
  test.before('an engine for this file', async () => {
    engine = await startEngineProcesses(options);
    for (const body of options.definitions ?? []) {
      const answer = await engine.api.ask('/definitions', { method: 'POST', body });
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    }
  });
  test.afterEach.always('was it well?', (t) => {
    if (t.passed) return;
    failed = true;
    t.log(`logs of the engine: ${engine?.folder}`);
  });
  test.after.always('its engine ends', async () => {
    await engine?.stop();
    if (!failed) await engine?.discard();
  });
  return () => {
    if (engine === null) throw new Error('the engine of this file runs only while its tests do');
    return engine;
  };
}
