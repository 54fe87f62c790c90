import { appendContract } from '#test/contracts/workflow-store/append.ts';
import { closingContract } from '#test/contracts/workflow-store/closing.ts';
import { concurrencyContract } from '#test/contracts/workflow-store/concurrency.ts';
import { countsContract } from '#test/contracts/workflow-store/counts.ts';
import { definitionsContract } from '#test/contracts/workflow-store/definitions.ts';
import { feedContract } from '#test/contracts/workflow-store/feed.ts';
import { fidelityContract } from '#test/contracts/workflow-store/fidelity.ts';
import type { OpenStore } from '#test/contracts/workflow-store/fixtures.ts';
import { idempotencyContract } from '#test/contracts/workflow-store/idempotency.ts';
import { listContract } from '#test/contracts/workflow-store/list.ts';
import { timersContract } from '#test/contracts/workflow-store/timers.ts';

/**
 * Registers the tests that every WorkflowStore & DefinitionStore must pass.
 * @param name of the adapter, in front of each title
 * @param open gives an empty store of its own to each test, and closes it in the test's teardown
 */
export function workflowStoreContract(name: string, open: OpenStore): void {
  appendContract(name, open);
  concurrencyContract(name, open);
  idempotencyContract(name, open);
  listContract(name, open);
  timersContract(name, open);
  countsContract(name, open);
  feedContract(name, open);
  definitionsContract(name, open);
  fidelityContract(name, open);
  closingContract(name, open);
}
