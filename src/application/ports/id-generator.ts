/** Makes workflow ids: UUIDs that no other process makes. */
export interface IdGenerator {
  next(): string;
}
