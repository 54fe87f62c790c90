import { parseArgs } from 'node:util';
import { MissingPieceError } from '#composition/missing-piece.ts';
import { findServer } from './servers/find-server.ts';
import { SERVER_KINDS, type ServerKind } from './servers/server.ts';
import { down, status, up } from './servers/up-and-down.ts';

const USAGE = `usage: npm run servers -- up|down|status|install [${SERVER_KINDS.join('|')} ...]
  Redis, MongoDB and Kafka for this machine, in data/servers; without names: all three.
  install makes sure that each can be started, and starts none.`;
const FOLDER = 'data/servers';

/** What to tell the engine of a server. */
const SETTINGS: Readonly<Record<ServerKind, (address: string) => string>> = {
  redis: (address) => `REDIS_URL=${address}`,
  mongodb: (address) => `STORE_URL=${address}/wes`,
  kafka: (address) => `KAFKA_BROKERS=${address}`,
};

const actions: Readonly<Record<string, (kind: ServerKind) => Promise<string>>> = {
  up: async (kind) => SETTINGS[kind]((await up(FOLDER, kind)).address),
  down: async (kind) => `${kind}: ${(await down(FOLDER, kind)) ? 'stopped' : 'did not run'}`,
  install: async (kind) => `${kind}: ${(await findServer(kind)).name}`,
  status: async (kind) => {
    const note = await status(FOLDER, kind);
    return note === null ? `# ${kind} does not run` : SETTINGS[kind](note.address);
  },
};

/** One line per server, those that run in a form that a shell can read. @returns the exit status */
async function main(): Promise<number> {
  const [name = '', ...names] = parseArgs({ allowPositionals: true }).positionals;
  const action = actions[name];
  const kinds = SERVER_KINDS.filter((kind) => names.length === 0 || names.includes(kind));
  if (action === undefined || names.some((given) => !kinds.some((kind) => kind === given))) {
    console.error(USAGE);
    return 2;
  }
  let missing = 0;
  for (const kind of kinds) {
    try {
      console.log(await action(kind));
    } catch (error) {
      if (!(error instanceof MissingPieceError)) throw error;
      missing += 1;
      console.error(error.message);
    }
  }
  return missing > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
