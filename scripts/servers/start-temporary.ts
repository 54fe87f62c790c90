import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '#composition/executables.ts';
import { runServer, type RunningServer } from './run-server.ts';
import type { ServerProgram } from './server.ts';

/** A server on a free port in a temporary folder. */
export type TemporaryServer = {
  readonly address: string;
  /** Ends it in good order; nothing listens afterwards. */
  stop(): Promise<void>;
  /** kill -9: what it acknowledged must be there after `start`. */
  kill(): Promise<void>;
  /** Sends a signal to its process: SIGSTOP, SIGCONT. */
  signal(signal: NodeJS.Signals): void;
  /** Starts it again after stop or kill: same port, same data. */
  start(): Promise<void>;
  /** Ends it and removes its folder; may be called twice. */
  dispose(): Promise<void>;
};

/** @throws Error when it does not start, also on a second port: another process may snatch the first */
export async function startTemporary(program: ServerProgram): Promise<TemporaryServer> {
  const folder = await mkdtemp(join(tmpdir(), `wes-${program.kind}-`));
  let server: RunningServer;
  const run = async () => await runServer(program, { folder, port: await freePort() });
  try {
    server = await run().catch(run);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const { address, port } = server;
  return {
    address,
    stop: () => server.stop(),
    kill: () => server.kill(),
    signal: (signal) => void process.kill(server.processId, signal),
    start: async () => {
      server = await runServer(program, { folder, port });
    },
    dispose: async () => {
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
