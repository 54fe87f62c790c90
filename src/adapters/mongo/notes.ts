import { z } from 'zod';
import type { NoteStore } from '#application/ports/note-store.ts';
import type { Models } from '#adapters/mongo/models.ts';
import { readDocument } from '#adapters/mongo/read-document.ts';
import { untilNoRival } from '#adapters/mongo/rivals.ts';

const note = z.object({ _id: z.string(), text: z.string() });

/** Notes, a document each. */
export function createNotes({ notes }: Models): NoteStore {
  return {
    async readNote(name) {
      const document = await notes.findOne({ _id: name }).lean();
      return document === null ? null : readDocument(note, document, 'note').text;
    },
    async saveNote(name, text) {
      await untilNoRival(() =>
        notes.updateOne({ _id: name }, { $set: { text } }, { upsert: true }),
      );
    },
  };
}
