/** The servers that a platform runs the engine on. */
export const SERVER_KINDS = ['redis', 'mongodb', 'kafka'] as const;
export type ServerKind = (typeof SERVER_KINDS)[number];

/** Where a server of ours lives: its folder is absolute and its own, its port is one of 127.0.0.1. */
export type Place = { readonly folder: string; readonly port: number };

/** A way to run a server of one kind on this machine. */
export type ServerProgram = {
  readonly kind: ServerKind;
  /** For people: `mongod of the PATH`. */
  readonly name: string;
  /** Makes the folder ready; called before every start, so it leaves what is there. */
  prepare(place: Place): Promise<void>;
  /** What is run: in the foreground, until SIGTERM. */
  command(place: Place): readonly [file: string, ...args: string[]];
  /** Resolves when the server can be used, rejects when it can't yet. */
  probe(place: Place): Promise<void>;
  /** What the engine is told: REDIS_URL, MONGODB_URL or KAFKA_BROKERS. */
  address(place: Place): string;
  /** Ends it as a crash would, where a SIGKILL to the process of `command` does not (a container). */
  crash?(place: Place): Promise<void>;
};
