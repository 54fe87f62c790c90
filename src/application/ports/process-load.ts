/** How busy this process is. */
export interface ProcessLoad {
  /** 0..1: the share of the last interval in which the event loop was busy. */
  utilization(): number;
  /** Further measured figures by name, e.g. resident memory in bytes. */
  figures(): Readonly<Record<string, number>>;
}
