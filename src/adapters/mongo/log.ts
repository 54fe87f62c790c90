import { z } from 'zod';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';
import type { RecordedEvent } from '#domain/workflow/events.ts';
import { CorruptRecordError } from '#adapters/mongo/corrupt-record-error.ts';
import type { Models } from '#adapters/mongo/models.ts';
import { CHUNK_INDEX } from '#adapters/mongo/models/chunk.ts';
import { readDocument } from '#adapters/mongo/read-document.ts';
import {
  storedCommit,
  toRecordedEvents,
  type StoredCommit,
} from '#adapters/mongo/stored-commit.ts';

const LOG = { version: 1, spilledTo: 1, log: 1 } as const;

const workflowLog = z.object({
  _id: z.string(),
  version: z.int().positive(),
  spilledTo: z.int().nonnegative(),
  log: z.array(storedCommit),
});
type WorkflowLog = z.output<typeof workflowLog>;

const chunk = z.object({ workflowId: z.string(), commits: z.array(storedCommit) });

/** Versions of one workflow, both included. */
export type Stretch = { readonly workflowId: string; readonly from: number; readonly to: number };

/** Reads of logs, from the workflows' documents and from chunks. Rejects with CorruptRecordError, and the driver's errors. */
export type Log = Pick<WorkflowStore, 'readLog' | 'readLogs'> & {
  /** Events of many workflows, by workflow; all of these must exist. */
  readStretches(
    stretches: readonly Stretch[],
  ): Promise<ReadonlyMap<string, readonly RecordedEvent[]>>;
};

export function createLog({ workflows, chunks }: Models): Log {
  return {
    async readLog(workflowId, afterVersion) {
      // What a process asks most often is whether there is anything new: then no log is sent.
      const document = await workflows
        .findOne({ _id: workflowId, version: { $gt: afterVersion } }, LOG)
        .lean();
      if (document === null) return [];
      const log = toWorkflowLog(document);
      return await read(log, afterVersion + 1, log.version);
    },
    async readLogs(workflowIds) {
      const logs = await find(workflowIds);
      return new Map(await readAll(logs.map((log) => [log, 1, log.version])));
    },
    async readStretches(stretches) {
      const logs = await find(stretches.map(({ workflowId }) => workflowId));
      const byId = new Map(logs.map((log) => [log._id, log]));
      return new Map(
        await readAll(
          stretches.map(({ workflowId, from, to }) => {
            const log = byId.get(workflowId);
            if (log === undefined) {
              throw new CorruptRecordError(
                `workflow ${workflowId}`,
                'the feed has it, but it is gone',
              );
            }
            return [log, from, to];
          }),
        ),
      );
    },
  };

  async function find(workflowIds: readonly string[]): Promise<readonly WorkflowLog[]> {
    const documents = await workflows.find({ _id: { $in: workflowIds } }, LOG).lean();
    return documents.map(toWorkflowLog);
  }

  async function readAll(
    wanted: readonly (readonly [log: WorkflowLog, from: number, to: number])[],
  ): Promise<readonly (readonly [string, readonly RecordedEvent[]])[]> {
    return await Promise.all(
      wanted.map(async ([log, from, to]) => [log._id, await read(log, from, to)] as const),
    );
  }

  async function read(
    log: WorkflowLog,
    from: number,
    to: number,
  ): Promise<readonly RecordedEvent[]> {
    const spilled = from <= log.spilledTo ? await spilledCommits(log, from, to) : [];
    const events: RecordedEvent[] = [];
    let next = from;
    for (const commit of [...spilled, ...log.log]) {
      if (commit.from + commit.events.length <= next) continue; // before `from`, or in an overlap of chunks (S3)
      for (const event of toRecordedEvents(log._id, commit)) {
        if (event.version !== next || next > to) continue;
        events.push(event);
        next += 1;
      }
    }
    if (next <= to)
      throw new CorruptRecordError(`event ${next} of workflow ${log._id}`, 'it is missing');
    return events;
  }

  async function spilledCommits(
    { _id: workflowId, spilledTo }: WorkflowLog,
    from: number,
    to: number,
  ): Promise<readonly StoredCommit[]> {
    const documents = await chunks
      .find({ workflowId, to: { $gte: from, $lte: spilledTo }, from: { $lte: to } }, { _id: 0 })
      .sort(CHUNK_INDEX)
      .hint(CHUNK_INDEX)
      .lean();
    return documents.flatMap((document) => readDocument(chunk, document, 'log chunk').commits);
  }
}

function toWorkflowLog(document: unknown): WorkflowLog {
  return readDocument(workflowLog, document, 'workflow');
}
