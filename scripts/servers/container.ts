import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findExecutable } from '#composition/executables.ts';
import { dockerEngineRuns } from '#composition/redis-container.ts';
import type { Place, ServerProgram } from './server.ts';

const run = promisify(execFile);

/** docker, where not only its client is there but an engine that answers it. */
export async function findDocker(path: string): Promise<string | null> {
  const docker = await findExecutable(['docker'], path);
  return docker !== null && (await dockerEngineRuns(docker)) ? docker : null;
}

export type ContainerOptions = Pick<ServerProgram, 'kind' | 'probe' | 'address'> & {
  /** The same as in docker-compose.yml. */
  readonly image: string;
  /** The port that the server listens on within the container. */
  readonly port: (place: Place) => number;
  /** Folders of ours, and where the container sees them. */
  readonly mounts: (folder: string) => readonly (readonly [ours: string, theirs: string])[];
  readonly arguments: (place: Place) => readonly string[];
  readonly prepare?: ServerProgram['prepare'];
};

/** A server in a container that is run in the foreground: docker hands on SIGTERM, and the container is removed at its end. */
export function containerProgram(docker: string, options: ContainerOptions): ServerProgram {
  const { kind, image, port, mounts, probe, address, prepare = async () => {} } = options;
  const name = (place: Place) => `wes-${kind}-${place.port}`;
  return {
    kind,
    name: `${image} in docker`,
    prepare,
    command: (place) => [
      docker,
      ...['run', '--rm', '--name', name(place)],
      ...['--publish', `127.0.0.1:${place.port}:${port(place)}`],
      ...mounts(place.folder).flatMap(([ours, theirs]) => ['--volume', `${ours}:${theirs}`]),
      image,
      ...options.arguments(place),
    ],
    probe,
    address,
    crash: async (place) => void (await run(docker, ['kill', name(place)])),
  };
}
