import { z } from 'zod';
import type { Models } from '#adapters/mongo/models.ts';
import { CHUNK_INDEX } from '#adapters/mongo/models/chunk.ts';
import { readDocument } from '#adapters/mongo/read-document.ts';

/** Where a commit begins, and whose it is; its events stay on the server. */
export const commitPlace = z.object({ from: z.int().positive(), token: z.string() });
export type CommitPlace = z.output<typeof commitPlace>;

const chunkPlaces = z.object({ commits: z.array(commitPlace) });

/** The commits of a log that have gone to chunks and begin within these versions, both included; in order. */
export async function spilledPlaces(
  { chunks }: Models,
  workflowId: string,
  from: number,
  to: number,
): Promise<readonly CommitPlace[]> {
  const documents = await chunks
    .find(
      { workflowId, to: { $gte: from }, from: { $lte: to } },
      { 'commits.from': 1, 'commits.token': 1 },
    )
    .sort(CHUNK_INDEX)
    .hint(CHUNK_INDEX)
    .lean();
  const places = documents.flatMap(
    (document) => readDocument(chunkPlaces, document, 'log chunk').commits,
  );
  // Chunks may overlap (spill.ts, S3): the same commit is the same in each.
  const byVersion = new Map(places.map((place) => [place.from, place]));
  return [...byVersion.values()].filter((place) => place.from >= from && place.from <= to);
}
