import { continuation, creation, paused } from '#test/contracts/workflow-store/fixtures.ts';
import { openSqliteStore } from '#adapters/sqlite/open-sqlite-store.ts';

/**
 * A process of its own that appends to the store at argv[2]: argv[3] workflows of three commits and five events, 20 at a
 * time. Each acknowledged commit is written to stdout as a line `workflowId version`, as soon as it is acknowledged.
 */
const [, , path = '', amount = '0'] = process.argv;
const store = await openSqliteStore({ path });
let left = Number(amount);

async function appendWorkflows(): Promise<void> {
  while (left > 0) {
    left -= 1;
    const first = creation();
    const second = continuation(first.head, {}, [paused('one'), paused('two')]);
    const third = continuation(second.head, {}, [paused('three'), paused('four')]);
    for (const commit of [first, second, third]) {
      const { kind } = await store.append(commit);
      if (kind !== 'committed') throw new Error(kind);
      process.stdout.write(`${commit.head.workflowId} ${commit.head.version}\n`);
    }
  }
}

await Promise.all(Array.from({ length: 20 }, appendWorkflows));
await store.close();
