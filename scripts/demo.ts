import { MissingPieceError } from '#composition/missing-piece.ts';
import { DEMO_DISPATCH_SLACK_MS, DEMO_FAULTS, DEMO_SERVICES } from './demo/faults.ts';
import { HELP, readOptions, type DemoOptions } from './demo/options.ts';
import { inventOrders, readOrders, type OrderBook } from './demo/orders.ts';
import { run } from './demo/run.ts';
import { startDemoServers, type DemoServers } from './demo/servers.ts';
import { createScreen, type Screen } from './demo/screen.ts';
import { followOptions } from './follow-options.ts';
import { startEngineProcesses, type EngineProcesses } from './processes/engine-processes.ts';

/** Exit statuses: 69 as in sysexits.h, 130 as shells report Ctrl-C. */
const EXIT = { checkFailed: 1, missingPiece: 69, interrupted: 130 } as const;

await followOptions(readOptions(process.argv.slice(2)), HELP, async (options) => {
  process.exitCode = await demo(options);
});

/** @returns the exit status */
async function demo(options: DemoOptions): Promise<number> {
  const screen = createScreen(process.stdout);
  const interrupted = new AbortController();
  let engine: EngineProcesses | null = null;
  let servers: DemoServers | null = null;
  const interrupt = () => {
    // While it starts, or when asked a second time: at once. Our children end with us.
    if (engine === null || interrupted.signal.aborted) process.exit(EXIT.interrupted);
    interrupted.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    const book = await orderBook(options);
    if (options.servers) {
      screen.say('starting MongoDB and Kafka');
      servers = await startDemoServers();
    }
    engine = await startEngineProcesses({
      counts: { worker: 2, ...(servers && { relay: 1, events: 1 }) },
      seed: options.seed,
      faults: DEMO_FAULTS,
      services: DEMO_SERVICES,
      settings: { DISPATCH_SLACK_MS: String(DEMO_DISPATCH_SLACK_MS), ...servers?.settings },
    });
    introduce(screen, engine, book, options);
    const { ledgerLine, faults } = await run(engine, book, servers, screen, interrupted.signal);
    screen.say(ledgerLine);
    for (const fault of faults) screen.say(`  FAULT  ${fault}`);
    if (faults.length > 0) screen.say(`The logs of all processes are in ${engine.folder}`);
    await engine.stop();
    if (faults.length > 0) return EXIT.checkFailed;
    await engine.discard();
    return 0;
  } catch (error) {
    await engine?.stop();
    if (interrupted.signal.aborted) {
      screen.say('interrupted: everything that was started is ended');
      await engine?.discard();
      return EXIT.interrupted;
    }
    return failed(error, engine);
  } finally {
    await servers?.stop();
  }
}

async function orderBook({ ordersFile, seed, count }: DemoOptions): Promise<OrderBook> {
  if (ordersFile === null) return inventOrders(seed, count);
  try {
    return await readOrders(ordersFile, count);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new MissingPieceError(`the orders can't be read: ${why}`, error);
  }
}

function introduce(
  screen: Screen,
  engine: EngineProcesses,
  { arrivals, oddRows }: OrderBook,
  { seed }: DemoOptions,
): void {
  const orders = arrivals.filter(({ kind }) => kind === 'order').length;
  const [cancellations, odd] = [arrivals.length - orders, oddRows.length];
  screen.say(`${orders} orders, 26 simulated services that fail now and then (seed ${seed})`);
  if (cancellations > 0) screen.say(`${cancellations} cancellations`);
  screen.say(`  API         ${engine.api.url}/workflows`);
  screen.say(`  Bull Board  ${engine.webUrl}/admin/queues`);
  screen.say(`  events      ${engine.api.url}/stream`);
  screen.say(`  logs        ${engine.folder}`);
  if (odd > 0) screen.say(`${odd} odd rows:`);
  for (const { line, reason, detail, skipped } of oddRows) {
    screen.say(`  line ${line}: ${reason}: ${detail}${skipped ? ', skipped' : ', kept'}`);
  }
  screen.say('');
}

function failed(error: unknown, engine: EngineProcesses | null): number {
  if (error instanceof MissingPieceError) {
    process.stderr.write(`${error.message}\n`);
    return EXIT.missingPiece;
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  if (engine !== null) process.stderr.write(`The logs of all processes are in ${engine.folder}\n`);
  return EXIT.checkFailed;
}
