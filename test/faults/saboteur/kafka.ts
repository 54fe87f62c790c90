import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { StatementSync } from 'node:sqlite';
import { die, take } from './die.ts';

/** Numbers of Kafka's protocol, by the names that faults have for these requests. */
const REQUESTS: ReadonlyMap<number, string> = new Map([
  [0, 'produce'],
  [8, 'offset-commit'],
]);
/** Of a request: its length, then the number of its API. */
const API_KEY_AT = 4;
const HEADER_BYTES = 14;

/** Collections of MongoDB that are updated, by the names that faults have for it. */
const UPDATES: ReadonlyMap<string, string> = new Map([
  ['cursors', 'cursor-save'],
  ['inbound_events', 'inbound-record'],
]);
/** Of MongoDB's OP_MSG: the code, and its first field, whose name is the command and whose value is the collection. */
const OP_CODE_AT = 12;
const OP_MSG = 2013;
const COMMAND_AT = 26;
const UPDATE = 'update\0';
const LENGTH_BYTES = 4;

/** What SQLite is told, by the names that faults have for it. */
const WRITES: readonly (readonly [RegExp, string])[] = [
  [/UPDATE cursors/i, 'cursor-save'],
  [/INTO inbound\b/i, 'inbound-record'],
];

/** Dies at the steps of the loops of relay and events: at what they send to Kafka, and at what they write down. */
export function armKafka(folder: string): void {
  const { write } = Socket.prototype;
  // oxlint-disable-next-line typescript/no-explicit-any -- the overloads of write, handed on as they come
  Socket.prototype.write = function writeOrDie(this: Socket, ...args: any[]) {
    const name = requestName(args[0]) ?? updateName(args[0]);
    if (name !== null) {
      if (take(join(folder, `die-before.${name}`))) die();
      // Nobody has read the answer when its first bytes are here.
      if (existsSync(join(folder, `die-after.${name}`))) {
        this.prependOnceListener('data', () => {
          if (take(join(folder, `die-after.${name}`))) die();
        });
      }
    }
    return write.apply(this, args as Parameters<typeof write>);
  };

  const { run } = StatementSync.prototype;
  StatementSync.prototype.run = function runOrDie(this: StatementSync, ...args: unknown[]) {
    const [, name] = WRITES.find(([sql]) => sql.test(this.sourceSQL)) ?? [];
    if (name !== undefined && take(join(folder, `die-before.${name}`))) die();
    return run.apply(this, args as Parameters<typeof run>);
  };
}

function requestName(bytes: unknown): string | null {
  if (!Buffer.isBuffer(bytes) || bytes.length < HEADER_BYTES) return null;
  if (bytes.readInt32BE(0) !== bytes.length - API_KEY_AT) return null;
  return REQUESTS.get(bytes.readInt16BE(API_KEY_AT)) ?? null;
}

function updateName(bytes: unknown): string | null {
  if (!Buffer.isBuffer(bytes) || bytes.length < COMMAND_AT + UPDATE.length + LENGTH_BYTES) {
    return null;
  }
  if (bytes.readInt32LE(0) !== bytes.length || bytes.readInt32LE(OP_CODE_AT) !== OP_MSG)
    return null;
  const valueAt = COMMAND_AT + UPDATE.length;
  if (bytes.toString('latin1', COMMAND_AT, valueAt) !== UPDATE) return null;
  const textAt = valueAt + LENGTH_BYTES;
  return UPDATES.get(bytes.toString('latin1', textAt, bytes.indexOf(0, textAt))) ?? null;
}
