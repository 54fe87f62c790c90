import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { EngineStore } from '#application/ports/engine-store.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';
import { toCommitRows } from '#adapters/sqlite/commit-rows.ts';
import type { GroupCommitReport } from '#adapters/sqlite/group-commit.ts';
import type { SqliteStore } from '#adapters/sqlite/sqlite-store.ts';
import {
  fromSentError,
  isAnswerTo,
  type FromThread,
  type ToThread,
  type WriteAnswer,
  type WriteName,
  type WriteRequest,
  type WriteThreadData,
} from '#adapters/sqlite/write-messages.ts';

/** The writes of a SQLite store, carried out by a thread of this process. */
export type SqliteWrites = Pick<EngineStore, Exclude<WriteName, 'appendRows'> | 'append' | 'close'>;

type Pending = { settle(answer: WriteAnswer): void; reject(error: Error): void };

/**
 * Writes go to a thread, because COMMIT waits for the disk: on the thread of the event loop every fsync holds up all that the
 * process does (a fifth of its time under load, measured), and a slow disk would hold up its health check too.
 *
 * W1. Writes that are asked for in one turn leave in one message; the thread's group commit gathers them, and what else has
 *     come in the meantime, into one transaction, in the order in which they were asked for.
 * W2. A write is acknowledged when the thread has it committed. Reads of this process, on another connection, see it from then on.
 * W3. A thread that dies takes the writes under way with it: each is rejected with StoreUnavailableError, whatever became of
 *     it, as after a crash between COMMIT and the answer: compare-and-set tells when the caller asks again. The next write
 *     starts another thread.
 * W4. The thread keeps the process alive only while a write is under way.
 */
export function startWriteThread(
  options: WriteThreadData,
  onGroupCommit: (report: GroupCommitReport) => void,
): SqliteWrites {
  const pending = new Map<number, Pending>();
  let worker: Worker | null = start();
  let outgoing: WriteRequest[] = [];
  let lastId = 0;
  let closed = false;

  function start(): Worker {
    const started = new Worker(new URL('write-thread-entry.ts', import.meta.url), {
      workerData: options,
    });
    started.unref();
    started.on('message', ({ answers, reports }: FromThread) => {
      for (const answer of answers) take(answer.id)?.settle(answer);
      for (const report of reports) onGroupCommit(report);
    });
    // an error ends the thread; 'exit' follows
    let cause: unknown = null;
    started.on('error', (error) => {
      cause = error;
    });
    started.on('exit', () => {
      if (worker !== started) return;
      worker = null;
      outgoing = [];
      const error = new StoreUnavailableError('the write thread of the SQLite store ended', cause);
      for (const [id] of pending) take(id)?.reject(error);
    });
    return started;
  }

  function take(id: number): Pending | undefined {
    const found = pending.get(id);
    pending.delete(id);
    if (pending.size === 0) worker?.unref();
    return found;
  }

  function send<N extends WriteName>(
    name: N,
    ...args: Parameters<SqliteStore[N]>
  ): Promise<Awaited<ReturnType<SqliteStore[N]>>> {
    if (closed) return Promise.reject(new StoreUnavailableError('the SQLite store is closed'));
    worker ??= start();
    lastId += 1;
    const id = lastId;
    outgoing.push({ id, name, args });
    if (outgoing.length === 1) setImmediate(flush);
    return new Promise((resolve, reject) => {
      pending.set(id, {
        settle(answer) {
          if (answer.kind === 'failed') reject(fromSentError(answer.error));
          else if (isAnswerTo(answer, name)) resolve(answer.value);
          else reject(new Error(`the write thread answered ${answer.name} to ${name}`));
        },
        reject,
      });
      worker?.ref();
    });
  }

  function flush(): void {
    if (outgoing.length === 0) return;
    const requests = outgoing;
    outgoing = [];
    try {
      post({ kind: 'writes', requests });
    } catch (error) {
      const fault = new TypeError('a write of what is no data', { cause: error });
      for (const { id } of requests) take(id)?.reject(fault);
    }
  }

  function post(message: ToThread): void {
    worker?.postMessage(message);
  }

  return {
    append: async (commit) => send('appendRows', toCommitRows(commit)),
    postpone: (wakes) => send('postpone', wakes),
    saveDefinition: (definition) => send('saveDefinition', definition),
    retireDefinition: (id, version) => send('retireDefinition', id, version),
    claimCursor: (name) => send('claimCursor', name),
    saveCursor: (name, fence, position) => send('saveCursor', name, fence, position),
    recordInbound: (record) => send('recordInbound', record),
    expectEvent: (wait) => send('expectEvent', wait),
    deliverEvent: (event) => send('deliverEvent', event),
    forgetWait: (wait) => send('forgetWait', wait),
    dropParked: (event) => send('dropParked', event),
    saveNote: (name, text) => send('saveNote', name, text),
    async close() {
      if (closed) return;
      closed = true;
      flush();
      const ending = worker;
      if (ending === null) return;
      const ended = once(ending, 'exit');
      ending.ref();
      post({ kind: 'close' });
      await ended;
    },
  };
}
