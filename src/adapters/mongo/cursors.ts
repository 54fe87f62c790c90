import { z } from 'zod';
import type { CursorStore } from '#application/ports/cursor-store.ts';
import type { Models } from '#adapters/mongo/models.ts';
import { untilNoRival } from '#adapters/mongo/rivals.ts';
import { readDocument } from '#adapters/mongo/read-document.ts';

const cursor = z.object({
  _id: z.string(),
  fence: z.int().positive(),
  position: z.string().nullable(),
});

/** Named places in the feed; a claim and a save are one write to one document each. */
export function createCursors({ cursors }: Models): Omit<CursorStore, 'countFeedAfter'> {
  return {
    async claimCursor(name) {
      const document = await untilNoRival(() =>
        cursors
          .findOneAndUpdate(
            { _id: name },
            { $inc: { fence: 1 }, $setOnInsert: { position: null } },
            { upsert: true, returnDocument: 'after' },
          )
          .lean(),
      );
      const { fence, position } = readDocument(cursor, document, 'cursor');
      return { fence, position };
    },
    async saveCursor(name, fence, position) {
      const { matchedCount } = await cursors.updateOne(
        { _id: name, fence },
        { $set: { position } },
      );
      return matchedCount > 0;
    },
    async readCursor(name) {
      const document = await cursors.findOne({ _id: name }).lean();
      return document === null ? null : readDocument(cursor, document, 'cursor').position;
    },
  };
}
