import { isDeepStrictEqual } from 'node:util';
import type { StoredDefinition } from '#application/ports/workflow-store.ts';

type KeptDefinition = Omit<StoredDefinition, 'source'> & { readonly text: string };

/** Definitions, kept as text: whoever reads one gets a copy of his own. */
export type Definitions = {
  save(definition: Omit<StoredDefinition, 'retired'>): 'saved' | 'unchanged' | 'conflict';
  find(definitionId: string, version: number | null): StoredDefinition | null;
  list(): readonly StoredDefinition[];
  retire(definitionId: string, version: number): boolean;
};

export function createDefinitions(): Definitions {
  let kept: readonly KeptDefinition[] = [];

  function exact(definitionId: string, version: number): KeptDefinition | undefined {
    return kept.find((one) => one.definitionId === definitionId && one.version === version);
  }

  function newest(definitionId: string): KeptDefinition | undefined {
    return kept.findLast((one) => one.definitionId === definitionId && !one.retired);
  }

  return {
    save({ definitionId, version, source, createdAt }) {
      const text = JSON.stringify(source);
      const stored = exact(definitionId, version);
      if (stored) return sameJson(stored.text, text) ? 'unchanged' : 'conflict';
      kept = [...kept, { definitionId, version, text, createdAt, retired: false }].toSorted(
        inOrder,
      );
      return 'saved';
    },
    find(definitionId, version) {
      const found = version === null ? newest(definitionId) : exact(definitionId, version);
      return found ? asStored(found) : null;
    },
    list: () => kept.map(asStored),
    retire(definitionId, version) {
      const found = exact(definitionId, version);
      if (!found) return false;
      kept = kept.map((one) => (one === found ? { ...one, retired: true } : one));
      return true;
    },
  };
}

function asStored({ text, ...identity }: KeptDefinition): StoredDefinition {
  // oxlint-disable-next-line typescript/no-unsafe-assignment -- our own text, written a moment ago
  return { ...identity, source: JSON.parse(text) };
}

/** As JSON has it: the order of an object's members does not count. */
function sameJson(a: string, b: string): boolean {
  return isDeepStrictEqual(JSON.parse(a), JSON.parse(b));
}

/** By id, then version. */
function inOrder(a: KeptDefinition, b: KeptDefinition): number {
  if (a.definitionId === b.definitionId) return a.version - b.version;
  return a.definitionId < b.definitionId ? -1 : 1;
}
