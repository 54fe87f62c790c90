/**
 * Small texts by name that must outlive Redis, beside the workflows: what was set on queues, for one.
 *
 * Invariants, proven by test/contracts/note-store.ts on every adapter:
 * 1. A save that resolves is durable; the newest one is read, by every process.
 * 2. Notes do not disturb one another.
 */
export interface NoteStore {
  /** null: nothing was ever noted under that name. */
  readNote(name: string): Promise<string | null>;
  /** Replaces what was noted before. */
  saveNote(name: string, text: string): Promise<void>;
}
