import test from 'ava';
import { openFresh } from '#test/adapters/mongo/open-store.ts';
import { appendContract } from '#test/contracts/workflow-store/append.ts';
import { concurrencyContract } from '#test/contracts/workflow-store/concurrency.ts';
import { countsContract } from '#test/contracts/workflow-store/counts.ts';
import { feedContract } from '#test/contracts/workflow-store/feed.ts';
import { fidelityContract } from '#test/contracts/workflow-store/fidelity.ts';
import type { OpenStore } from '#test/contracts/workflow-store/fixtures.ts';
import { idempotencyContract } from '#test/contracts/workflow-store/idempotency.ts';
import { timersContract } from '#test/contracts/workflow-store/timers.ts';
import { mongodbForFile } from '#test/servers/mongodb.ts';

/** A log of this size is full after every commit: each further one goes the long way, through a chunk. */
const SPILL_BYTES = 1;

const mongodb = await mongodbForFile(test);
if (mongodb !== null) {
  const name = 'mongodb, spilling at every commit';
  const open: OpenStore = (t) => openFresh(t, { url: mongodb.freshUrl(), spillBytes: SPILL_BYTES });
  appendContract(name, open);
  concurrencyContract(name, open);
  idempotencyContract(name, open);
  timersContract(name, open);
  countsContract(name, open);
  feedContract(name, open);
  fidelityContract(name, open);
}
