import type { StudyOptions } from '#bench/studies/options.ts';
import { compete, type Arena } from '#bench/support/contest.ts';
import { table } from '#bench/support/figures.ts';
import { SERVICES } from '#bench/support/task.ts';
import { READS, startWireCount } from '#bench/support/wire-count.ts';

const WRITES = ['insert', 'update', 'findAndModify', 'delete'];

/** What a step costs on the wire to MongoDB: these figures hold for any server that speaks its protocol. */
export async function wire(arena: Arena, options: StudyOptions): Promise<void> {
  const counter = await startWireCount(options.store);
  const base = { perSecond: 1, stored: 0, mode: 'throughput' } as const;
  const { workflows, helpers } = options;
  try {
    await compete('engine', arena, { ...base, workflows, store: counter.url }, helpers);
  } finally {
    await counter.close();
  }
  const steps = workflows * SERVICES.length;
  const row = (name: string, commands: readonly string[]) => {
    const counted = commands.flatMap((command) => counter.counts().get(command) ?? []);
    const requests = counted.reduce((sum, one) => sum + one.requests, 0);
    const bytes = counted.reduce((sum, one) => sum + one.bytes, 0);
    return [name, (requests / steps).toFixed(3), (bytes / steps).toFixed(0)];
  };
  console.log(
    table([
      ['per step', 'requests', 'bytes sent'],
      row('writes', WRITES),
      row('reads', READS),
      ...[...WRITES, ...READS].map((command) => row(`  ${command}`, [command])),
    ]),
  );
}
