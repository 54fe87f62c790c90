import { parentPort, workerData } from 'node:worker_threads';
import { createBusyRetry } from '#adapters/sqlite/busy-retry.ts';
import { connect } from '#adapters/sqlite/connection.ts';
import type { GroupCommitReport } from '#adapters/sqlite/group-commit.ts';
import { createSqliteStore } from '#adapters/sqlite/sqlite-store.ts';
import {
  isWriteThreadData,
  toSentError,
  type FromThread,
  type ToThread,
  type WriteAnswer,
  type WriteRequest,
} from '#adapters/sqlite/write-messages.ts';

/**
 * The write thread of a SQLite store: it has a connection and a group commit of its own, carries out the writes that it is sent
 * and answers each. Answers that are ready in one turn leave in one message.
 */
const port = parentPort;
const data: unknown = workerData;
if (port === null || !isWriteThreadData(data)) {
  throw new Error('this module is the entry of the write thread');
}
const { path, busyLimitMs, reporting } = data;
const retry = createBusyRetry(busyLimitMs);
let answers: WriteAnswer[] = [];
let reports: GroupCommitReport[] = [];
let leaving = false;

const store = createSqliteStore(await retry(() => connect(path)), {
  retry,
  onGroupCommit(report) {
    if (reporting) reports.push(report);
  },
});

port.on('message', (message: ToThread) => {
  if (message.kind === 'close') void close();
  else for (const request of message.requests) void carryOut(request);
});

async function carryOut({ id, name, args }: WriteRequest): Promise<void> {
  try {
    // the other side of the port is ours, and typed: the arguments are those of the method
    const value: unknown = await Reflect.apply(store[name], store, args);
    answer({ kind: 'done', id, name, value });
  } catch (error) {
    answer({ kind: 'failed', id, error: toSentError(error) });
  }
}

function answer(ready: WriteAnswer): void {
  answers.push(ready);
  if (leaving) return;
  leaving = true;
  setImmediate(send);
}

function send(): void {
  leaving = false;
  const message: FromThread = { answers, reports };
  answers = [];
  reports = [];
  port?.postMessage(message);
}

/** Messages come in order: what was asked for before is in the store's hands, and its `close` waits for it. */
async function close(): Promise<void> {
  await store.close();
  // the answers of the last group commit are given in the turns that follow it
  setImmediate(() => {
    send();
    port?.close();
  });
}
