import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { carryOut } from '#simulator/http/carry-out.ts';
import { control, isControl } from '#simulator/http/control.ts';
import { breakOff, problem, send } from '#simulator/http/exchange.ts';
import type { Answer } from '#simulator/http/exchange.ts';
import { receive } from '#simulator/http/receive.ts';
import type { EventsInput, FaultsInput } from '#simulator/faults/config.ts';
import { createPauses } from '#simulator/pauses.ts';
import type { Pauses } from '#simulator/pauses.ts';
import { createSimulation } from '#simulator/simulation.ts';
import type { Simulation, World } from '#simulator/simulation.ts';

/*
 * The 26 services of SPEC 7 on one port, `http://host:port/{service-name}/...`, and their control API under `/_control`.
 * Who owns what: a `Simulation` owns all memory (ledger, faults, outages, figures); the server owns sockets and timers.
 * A request runs through `receive` (is it a call at all?), `carryOut` (effect and fault) and is sent here. Why an undo
 * without a `do` succeeds and shuts out the late `do` is told at the head of ledger/ledger.ts, with the other invariants.
 */

export type SimulatorOptions = {
  /** 0 (default): any free port. */
  readonly port?: number;
  readonly host?: string;
  /** Faults, latencies and identifiers follow from it. */
  readonly seed?: number;
  readonly faults?: FaultsInput;
  /** Where services send their events; null (default): nowhere. */
  readonly events?: EventsInput | null;
};

export type Simulator = Omit<Simulation, 'world'> & {
  /** Without a trailing slash: `http://127.0.0.1:8090`. */
  readonly url: string;
  readonly port: number;
  /** Breaks off what is under way. */
  readonly close: () => Promise<void>;
};

/** Longer than any client keeps an idle connection: the server must not be the one that closes it under a request. */
const KEEP_ALIVE_MS = 120_000;

/** A fleet of workers connects all at once when it starts. */
const BACKLOG = 4096;

/**
 * Starts the simulator.
 * @throws InvalidInputError for faults that can't be; the error of `listen` (EADDRINUSE) where the port is taken
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', seed = 1, faults = {}, events = null } = options;
  const { world, ...simulation } = createSimulation(seed, faults, events);
  const pauses = createPauses();
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const answered = isControl(request.url ?? '')
      ? serveControl({ world, ...simulation }, request, response)
      : serveCall(world(), pauses, request, response);
    answered.catch((error: unknown) => {
      process.stderr.write(`simulator: a request failed: ${String(error)}\n`);
      send(response, problem(500, 'the simulator itself failed'));
    });
  });
  const address = await listening(server, port, host);
  return {
    ...simulation,
    url: urlOf(address),
    port: address.port,
    close: () => {
      pauses.cancelAll();
      return closed(server);
    },
  };
}

async function serveCall(
  world: World,
  pauses: Pauses,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const received = await receive(world, request);
  if (received.kind === 'gone') return;
  if (received.kind === 'turned-away') {
    const { service, operation, answer } = received;
    world.stats.count(service, operation, answer === 'reset' ? answer : answer.status);
    deliver(answer, request, response);
    return;
  }
  const { service, operation, key } = received.call;
  const { answer, whole } = await carryOut(world, pauses, received.call);
  world.stats.count(service, operation.name, answer === 'reset' ? answer : answer.status);
  const sent = deliver(answer, request, response);
  if (sent && whole && key) world.ledger.answered(key.text);
}

async function serveControl(
  simulation: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answer = await control(simulation, request);
  if (answer) send(response, answer);
}

function deliver(
  answer: Answer | 'reset',
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (answer !== 'reset') return send(response, answer);
  breakOff(request);
  return false;
}

function urlOf({ family, address, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function listening(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('not on a TCP port'));
      else resolve(address);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
