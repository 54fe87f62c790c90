import type { EngineStore } from '#application/ports/engine-store.ts';

/** A store that counts how often its logs are written and read. */
export function countingStore(store: EngineStore) {
  const counts = { append: 0, readLog: 0 };
  const counted: EngineStore = {
    ...store,
    append(commit) {
      counts.append += 1;
      return store.append(commit);
    },
    readLog(workflowId, afterVersion) {
      counts.readLog += 1;
      return store.readLog(workflowId, afterVersion);
    },
  };
  return { counts, store: counted };
}
