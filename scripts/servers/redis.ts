import { probeRedis } from '#adapters/redis/probe.ts';
import { createLogger } from '#adapters/telemetry/logger.ts';
import { provideRedisProgram, thisMachine } from '#composition/redis-program.ts';
import { containerProgram } from './container.ts';
import type { Place, ServerProgram } from './server.ts';

const DURABLE = ['--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction'];

const probe = async (place: Place) => void (await probeRedis(address(place)));

/**
 * Redis as the engine itself would have it: PATH, docker, or Debian's package.
 * @throws MissingPieceError
 */
export async function findRedis(): Promise<ServerProgram> {
  const logger = createLogger({ level: 'warn', format: 'pretty' });
  const { kind, file } = await provideRedisProgram(thisMachine(), logger);
  if (kind === 'docker') {
    return containerProgram(file, {
      kind: 'redis',
      image: 'redis:8',
      port: () => 6379,
      mounts: (folder) => [[folder, '/data']],
      arguments: () => ['redis-server', ...DURABLE],
      probe,
      address,
    });
  }
  return {
    kind: 'redis',
    name: file,
    prepare: async () => {},
    command: ({ folder, port }) => [
      file,
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
      // or its arguments, by which `npm run servers` knows its own again, would give way to a title
      ...['--set-proc-title', 'no'],
      ...DURABLE,
    ],
    probe,
    address,
  };
}

function address({ port }: Place): string {
  return `redis://127.0.0.1:${port}`;
}
