import type { Claim } from '#application/ports/cursor-store.ts';

/** Places of readers in the feed. Synchronous, hence atomic. */
export type Cursors = {
  claim(name: string): Claim;
  save(name: string, fence: number, position: string | null): boolean;
  read(name: string): string | null;
};

export function createCursors(): Cursors {
  const claims = new Map<string, Claim>();
  return {
    claim(name) {
      const { fence, position } = claims.get(name) ?? { fence: 0, position: null };
      const claim = { fence: fence + 1, position };
      claims.set(name, claim);
      return claim;
    },
    save(name, fence, position) {
      if (claims.get(name)?.fence !== fence) return false;
      claims.set(name, { fence, position });
      return true;
    },
    read: (name) => claims.get(name)?.position ?? null,
  };
}
