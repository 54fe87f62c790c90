/** Notes. Synchronous, hence atomic. */
export type Notes = {
  read(name: string): string | null;
  save(name: string, text: string): void;
};

export function createNotes(): Notes {
  const notes = new Map<string, string>();
  return {
    read: (name) => notes.get(name) ?? null,
    save: (name, text) => void notes.set(name, text),
  };
}
