import test from 'ava';
import { BusUnavailableError } from '#application/ports/event-bus.ts';
import type { RelayTerm } from '#application/relay/relay-term.ts';
import { runRelay, type RunRelayParts } from '#application/relay/run-relay.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';

/** The relay as a story: what lease and terms answer, turn by turn; it ends after the last. */
async function story(
  turns: readonly { lease: number | null; publish?: Outcome }[],
  more: Partial<Pick<RunRelayParts, 'mayLead' | 'begin'>> = {},
) {
  const logger = recordingLogger();
  const stopping = new AbortController();
  const pauses: number[] = [];
  let turn = -1;
  let begun = 0;
  const told: string[] = [];
  const publishNext: RelayTerm['publishNext'] = async () => {
    const outcome = turns[turn]?.publish ?? 'idle';
    told.push(`term ${begun}: ${String(outcome)}`);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  await runRelay(
    {
      logger,
      intervalMs: 100,
      begin: async () => {
        begun += 1;
        return { publishNext };
      },
      lease: {
        acquire: async () => turns[(turn += 1)]?.lease ?? null,
        release: async () => void told.push('released'),
      },
      pause: async (ms) => {
        pauses.push(ms);
        if (turn + 1 >= turns.length || pauses.length === 20) stopping.abort();
      },
      ...more,
    },
    stopping.signal,
  );
  return { told, pauses, begun, lines: logger.lines };
}
type Outcome = 'more' | 'idle' | 'over' | Error;

const away = new BusUnavailableError('away');

test('one that has no lease publishes nothing and asks again', async (t) => {
  const { told, pauses } = await story([{ lease: null }, { lease: null }]);
  t.deepEqual(told, ['released']);
  t.deepEqual(pauses, [100, 100]);
});

test('a leader goes on at once while there is more, and looks again later when all is published', async (t) => {
  const { told, pauses } = await story([
    { lease: 1, publish: 'more' },
    { lease: 1, publish: 'more' },
    { lease: 1, publish: 'idle' },
  ]);
  t.deepEqual(told, ['term 1: more', 'term 1: more', 'term 1: idle', 'released']);
  t.deepEqual(pauses, [0, 0, 100]);
});

test('a lease that was lost, or taken anew meanwhile, begins a new term', async (t) => {
  const { told } = await story([{ lease: 1 }, { lease: null }, { lease: 1 }, { lease: 3 }]);
  t.deepEqual(told, ['term 1: idle', 'term 2: idle', 'term 3: idle', 'released']);
});

test('when another has claimed the cursor the term is over, and the next one does not come at once', async (t) => {
  const { told, pauses } = await story([{ lease: 1, publish: 'over' }, { lease: 1 }]);
  t.deepEqual(told, ['term 1: over', 'term 2: idle', 'released']);
  t.deepEqual(pauses, [1000, 100]);
});

test('an outage is told once, and its end; the term goes on', async (t) => {
  const { told, pauses, lines } = await story([
    { lease: 1, publish: away },
    { lease: 1, publish: away },
    { lease: 1, publish: 'idle' },
    { lease: 1, publish: away },
  ]);
  t.deepEqual(told.slice(0, 3), [
    'term 1: BusUnavailableError: away',
    'term 1: BusUnavailableError: away',
    'term 1: idle',
  ]);
  t.deepEqual(pauses, [1000, 1000, 100, 1000]);
  t.deepEqual(
    lines.map(({ level }) => level),
    ['warn', 'info', 'warn'],
  );
});

test('a relay that fails in any other way says so as an error, and goes on', async (t) => {
  const { told, lines } = await story([{ lease: 1, publish: new Error('odd') }, { lease: 1 }]);
  t.deepEqual(told, ['term 1: Error: odd', 'term 1: idle', 'released']);
  t.deepEqual(
    lines.map(({ level }) => level),
    ['error', 'info'],
  );
});

test('what it has enough of it gives up, once, and takes again when it may', async (t) => {
  const answers = [true, false, false, true];
  const { told } = await story([{ lease: 1 }, { lease: 2 }], {
    mayLead: () => answers.shift() ?? true,
  });
  t.deepEqual(told, ['term 1: idle', 'released', 'term 2: idle', 'released']);
});

test('what can not be taken over yet is asked for again a while later', async (t) => {
  const { told, pauses } = await story([{ lease: 1 }, { lease: 1 }], { begin: async () => null });
  t.deepEqual(told, ['released']);
  t.deepEqual(pauses, [1000, 1000]);
});
