import { existsSync } from 'node:fs';
import type { Logger } from '#application/ports/logger.ts';
import { findExecutable } from '#composition/executables.ts';
import { MissingPieceError } from '#composition/missing-piece.ts';
import { dockerEngineRuns } from '#composition/redis-container.ts';
import { installRedisPackage } from '#composition/redis-package.ts';

/** What the search for a Redis looks at outside the engine. */
export type Surroundings = {
  /** A PATH variable. */
  readonly path: string;
  /** Where a server may be running already. */
  readonly standardPort: number;
  /** Debian's script that may forbid to start services; null: we must not install (not root, or not Debian). */
  readonly policyFile: string | null;
};

export function thisMachine(): Surroundings {
  const rootOnDebian = process.getuid?.() === 0 && existsSync('/etc/debian_version');
  return {
    path: process.env['PATH'] ?? '',
    standardPort: 6379,
    policyFile: rootOnDebian ? '/usr/sbin/policy-rc.d' : null,
  };
}

/** What a server of our own can be started with. */
export type RedisProgram = { readonly kind: 'executable' | 'docker'; readonly file: string };

/**
 * redis-server or valkey-server from the PATH; else docker, where its engine runs; else Debian's package, installed if
 * we may (DESIGN 3).
 * @throws MissingPieceError with the one command to type
 */
export async function provideRedisProgram(
  surroundings: Surroundings,
  logger: Logger,
): Promise<RedisProgram> {
  const { path, policyFile } = surroundings;
  const present = await findExecutable(['redis-server', 'valkey-server'], path);
  if (present !== null) return { kind: 'executable', file: present };

  const docker = await findExecutable(['docker'], path);
  if (docker !== null && (await dockerEngineRuns(docker))) return { kind: 'docker', file: docker };

  const aptGet = await findExecutable(['apt-get'], path);
  if (aptGet === null || policyFile === null) throw noRedis(surroundings);
  logger.warn('no Redis on this machine: installing it with apt-get install -y redis-server');
  await installRedisPackage(aptGet, policyFile).catch((error: unknown) => {
    throw noRedis(surroundings, error);
  });
  const installed = await findExecutable(['redis-server'], path);
  if (installed === null) throw noRedis(surroundings);
  return { kind: 'executable', file: installed };
}

function noRedis({ standardPort }: Surroundings, cause?: unknown): MissingPieceError {
  const commands: Partial<Record<NodeJS.Platform, string>> = {
    linux: 'sudo apt-get install -y redis-server',
    darwin: 'brew install redis',
  };
  const docker = 'docker run -d -p 127.0.0.1:6379:6379 redis:8 redis-server --appendonly yes';
  return new MissingPieceError(
    `No Redis: none answers at 127.0.0.1:${standardPort}, there is no redis-server or valkey-server in the PATH and ` +
      `no docker engine runs. Type: ${commands[process.platform] ?? docker}   (or set REDIS_URL)`,
    cause,
  );
}
