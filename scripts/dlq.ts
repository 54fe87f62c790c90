import { parseArgs } from 'node:util';
import { createLogger } from '#adapters/telemetry/logger.ts';
import { DEAD_LETTER_REASONS } from '#application/dead-letters/dead-letter.ts';
import {
  isReason,
  readLetters,
  type StoredLetter,
} from '#application/dead-letters/read-letters.ts';
import { replayLetter } from '#application/dead-letters/replay.ts';
import { BusUnavailableError } from '#application/ports/event-bus.ts';
import { configOrExit } from '#composition/exit.ts';
import { openBus } from '#composition/open-bus.ts';

const USAGE = `usage: npm run dlq -- list [--reason R] [--replayed]
       npm run dlq -- show <partition/offset>
       npm run dlq -- replay <partition/offset> ... | --all [--reason R]

Dead letters of the Kafka of KAFKA_BROKERS: events that could not be read, matched, carried out or published, each with its reason.
Replaying sends a letter again to the topic that it came from; an event that has taken effect takes none a second time.

  --reason R   only those: ${DEAD_LETTER_REASONS.join(', ')}
  --replayed   list also those that were sent again
  --all        all that were not

Exit status: 0 done, 1 something could not be done, 64 the arguments are no good, 69 there is no Kafka, 78 a setting is faulty.
`;
const EXIT = { failed: 1, usage: 64, missing: 69 } as const;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === null) return refuse(USAGE, EXIT.usage);
  const { kafka } = configOrExit();
  if (kafka === null) return refuse('Set KAFKA_BROKERS=host:port[,host:port]\n', EXIT.missing);
  const logger = createLogger({ level: 'warn', format: 'pretty' });
  const bus = openBus(kafka, logger);
  const topic = kafka.topics.deadLetters;
  try {
    const letters = readLetters(await bus.readTopic(topic)).filter(
      ({ reason }) => options.reason === null || reason === options.reason,
    );
    switch (options.command) {
      case 'list':
        return list(letters.filter(({ replayed }) => options.replayed || !replayed));
      case 'show':
        return await eachOf(letters, options.places, async (letter) => show(letter));
      case 'replay': {
        const fresh = letters.filter(({ replayed }) => !replayed).map(({ place }) => place);
        const places = options.all ? fresh : options.places;
        return await eachOf(letters, places, async (letter) => {
          const why = await replayLetter(bus, topic, letter);
          console.log(
            why === null
              ? `${letter.place} sent again to ${letter.origin.topic}`
              : `${letter.place} can't be sent again: ${why}`,
          );
          return why === null;
        });
      }
    }
  } catch (error) {
    if (!(error instanceof BusUnavailableError)) throw error;
    if (error.message.includes('UNKNOWN_TOPIC_OR_PARTITION')) return list([]);
    return refuse(`${error.message}\n`, EXIT.missing);
  } finally {
    await bus.close();
  }
}

type Options = {
  readonly command: 'list' | 'show' | 'replay';
  readonly places: readonly string[];
  readonly reason: string | null;
  readonly replayed: boolean;
  readonly all: boolean;
};

/** @returns null: they are no good */
function readOptions(args: readonly string[]): Options | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        reason: { type: 'string' },
        replayed: { type: 'boolean', default: false },
        all: { type: 'boolean', default: false },
      },
    });
    const [command, ...places] = positionals;
    if (command !== 'list' && command !== 'show' && command !== 'replay') return null;
    if (values.reason !== undefined && !isReason(values.reason)) return null;
    // Either some by name or, to send again, all.
    const named = places.length > 0;
    const wantsNames = command !== 'list' && !(command === 'replay' && values.all);
    if (named !== wantsNames) return null;
    return { ...values, command, places, reason: values.reason ?? null };
  } catch {
    return null;
  }
}

function list(letters: readonly StoredLetter[]): number {
  for (const { place, diedAt, reason, origin, detail, replayed } of letters) {
    const from = [origin.topic, origin.partition, origin.offset].filter(Boolean).join('/');
    console.log(
      `${place}  ${diedAt}  ${reason}${replayed ? ' (sent again)' : ''}  ${from}  ${detail}`,
    );
  }
  console.log(`${letters.length} dead letters`);
  return 0;
}

function show({ message, ...letter }: StoredLetter): boolean {
  const utf8 = new TextDecoder();
  const headers = [...message.headers].map(
    ([name, bytes]) => [name, utf8.decode(bytes)] satisfies [string, string],
  );
  const shown = {
    ...letter,
    key: message.key && utf8.decode(message.key),
    headers: Object.fromEntries(headers),
    value: message.value && utf8.decode(message.value),
  };
  console.log(JSON.stringify(shown, null, 2));
  return true;
}

/** @returns the exit status */
async function eachOf(
  letters: readonly StoredLetter[],
  places: readonly string[],
  act: (letter: StoredLetter) => Promise<boolean>,
): Promise<number> {
  let failed = 0;
  for (const place of places) {
    const letter = letters.find((each) => each.place === place);
    if (letter === undefined) console.error(`there is no dead letter ${place}`);
    if (letter === undefined || !(await act(letter))) failed += 1;
  }
  return failed === 0 ? 0 : EXIT.failed;
}

function refuse(words: string, status: number): number {
  process.stderr.write(words);
  return status;
}
