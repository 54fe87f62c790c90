import { z } from 'zod';
import type { Bounded } from '#adapters/mongo/bounded.ts';
import { createBatching } from '#adapters/mongo/batching.ts';
import { commitPlace, spilledPlaces } from '#adapters/mongo/commit-places.ts';
import type { Models } from '#adapters/mongo/models.ts';
import { readDocument } from '#adapters/mongo/read-document.ts';

const situation = z.object({
  _id: z.string(),
  version: z.int(),
  spilledTo: z.int(),
  logBytes: z.number(),
  log: z.array(commitPlace),
});
/** A workflow as somebody whose commit is in question needs to see it: whose commits are in its log? */
export type Situation = z.output<typeof situation>;

const SITUATION = { version: 1, spilledTo: 1, logBytes: 1, 'log.from': 1, 'log.token': 1 } as const;

export type LookUp = {
  /** null: there is no such workflow. What is asked in one turn is one round trip. */
  situation(workflowId: string): Promise<Situation | null>;
  /** Whose commit begins at this version? null: none does. */
  tokenAt(situation: Situation, version: number): Promise<string | null>;
};

/** @param bounded of a batch: others wait behind it */
export function createLookUp(models: Models, bounded: Bounded): LookUp {
  const lookUp = createBatching((workflowIds: readonly string[]) =>
    bounded(() => situations(workflowIds)),
  );

  async function situations(
    workflowIds: readonly string[],
  ): Promise<readonly (Situation | null)[]> {
    const documents = await models.workflows.find({ _id: { $in: workflowIds } }, SITUATION).lean();
    const found = documents.map((document) => readDocument(situation, document, 'workflow'));
    return workflowIds.map((id) => found.find(({ _id }) => _id === id) ?? null);
  }

  return {
    situation: lookUp,
    async tokenAt({ _id: workflowId, log, spilledTo }, version) {
      const places =
        version > spilledTo ? log : await spilledPlaces(models, workflowId, version, version);
      return places.find(({ from }) => from === version)?.token ?? null;
    },
  };
}
