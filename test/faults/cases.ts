import { killedWorkers } from './cases/a-killed-workers.ts';
import { wipedRedis } from './cases/b-wiped-redis.ts';
import { killedBeforeCommit } from './cases/c-killed-before-commit.ts';
import { killedDuringUndo } from './cases/d-killed-during-undo.ts';
import { effectThenTimeout } from './cases/e-effect-then-timeout.ts';
import { frozenWorker } from './cases/f-frozen-worker.ts';
import { oneKey } from './cases/g-one-key.ts';
import { lockedStore } from './cases/h-locked-store.ts';
import { killedWeb } from './cases/i-killed-web.ts';
import { halfOpenRedis } from './cases/j-half-open-redis.ts';
import { redisDown } from './cases/k-redis-down.ts';
import { lostJobs } from './cases/l-lost-jobs.ts';
import { forgedJobs } from './cases/m-forged-jobs.ts';
import { poison } from './cases/n-poison.ts';
import { movedClock } from './cases/o-moved-clock.ts';
import { fullStore } from './cases/p-full-store.ts';
import { stoppedWorker } from './cases/q-stopped-worker.ts';
import { killedMongodb } from './cases/r-killed-mongodb.ts';
import { killedKafka } from './cases/u-killed-kafka.ts';
import { killedRelay } from './cases/v-killed-relay.ts';
import { killedConsumer } from './cases/w-killed-consumer.ts';
import type { FaultCase } from './harness/fault-case.ts';

/** All faults, by their letters. */
export const CASES: readonly FaultCase[] = [
  killedWorkers,
  wipedRedis,
  killedBeforeCommit,
  killedDuringUndo,
  effectThenTimeout,
  frozenWorker,
  oneKey,
  lockedStore,
  killedWeb,
  halfOpenRedis(),
  redisDown,
  lostJobs,
  forgedJobs,
  poison,
  movedClock,
  fullStore,
  stoppedWorker,
  killedMongodb(),
  killedKafka(),
  killedRelay(),
  killedConsumer(),
];
