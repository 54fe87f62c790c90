import { findKafka } from './kafka.ts';
import { findMongodb } from './mongodb.ts';
import { findRedis } from './redis.ts';
import type { ServerKind, ServerProgram } from './server.ts';

const FINDERS: Readonly<Record<ServerKind, () => Promise<ServerProgram>>> = {
  redis: () => findRedis(),
  mongodb: () => findMongodb(),
  kafka: () => findKafka(),
};

/**
 * What runs a server of this kind on this machine; an install may take minutes the first time.
 * @throws MissingPieceError that says in one line what is missing and what to type
 */
export async function findServer(kind: ServerKind): Promise<ServerProgram> {
  return await FINDERS[kind]();
}
