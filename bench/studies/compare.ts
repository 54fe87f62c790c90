import { compete, type Arena, type Contestant } from '#bench/support/contest.ts';
import { median, percentile, table } from '#bench/support/figures.ts';
import type { StudyOptions } from '#bench/studies/options.ts';

/** How long the steady load goes on. */
const STEADY_SECONDS = 40;

/** Workflows that wait in Redis while its memory is read. */
const WAITING = 1000;

type Figures = {
  readonly perSecond: number;
  readonly cpuMsPerWorkflow: number;
  readonly rssMiB: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly redisBytesPerWaiting: number;
};

/** Throughput in alternating rounds, then latency at a steady load, then memory in Redis: of both, and their ratio. */
export async function compare(arena: Arena, options: StudyOptions): Promise<void> {
  const rounds: Record<Contestant, Awaited<ReturnType<typeof compete>>[]> = {
    'raw-bullmq': [],
    engine: [],
  };
  const { perSecond: steady } = options;
  const cold = { store: options.store, perSecond: steady, stored: 0 };
  const base = { ...cold, warmUp: options.warmUp };
  const throughput = { ...base, mode: 'throughput', workflows: options.workflows } as const;
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const contestant of ['raw-bullmq', 'engine'] as const) {
      const helpers = contestant === 'engine' ? options.helpers : 0;
      const result = await compete(contestant, arena, throughput, helpers);
      rounds[contestant].push(result);
      const perSecond = (options.workflows / result.wallMs) * 1000;
      console.log(`round ${round} ${contestant}: ${perSecond.toFixed(0)} workflows/s`);
    }
  }
  const raw = await figuresOf('raw-bullmq');
  const engine = await figuresOf('engine');
  print(raw, engine, steady);

  async function figuresOf(contestant: Contestant): Promise<Figures> {
    const results = rounds[contestant];
    const latency = { ...base, mode: 'latency', workflows: STEADY_SECONDS * steady } as const;
    const { latenciesMs } = await compete(contestant, arena, latency);
    const waiting = { ...cold, mode: 'waiting', workflows: WAITING } as const;
    const { redisBytes } = await compete(contestant, arena, waiting);
    return {
      perSecond: (options.workflows / median(results.map((r) => r.wallMs))) * 1000,
      cpuMsPerWorkflow: median(results.map((r) => r.cpuMs)) / options.workflows,
      rssMiB: median(results.map((r) => r.rssBytes)) / 2 ** 20,
      p50Ms: percentile(latenciesMs, 0.5),
      p99Ms: percentile(latenciesMs, 0.99),
      redisBytesPerWaiting: redisBytes / WAITING,
    };
  }
}

function print(raw: Figures, engine: Figures, steady: number): void {
  const row = (name: string, key: keyof Figures, digits: number) => [
    name,
    raw[key].toFixed(digits),
    engine[key].toFixed(digits),
    (engine[key] / raw[key]).toFixed(2),
  ];
  console.log(
    table([
      ['', 'raw BullMQ', 'engine', 'ratio'],
      row('workflows/s', 'perSecond', 0),
      row('CPU ms per workflow', 'cpuMsPerWorkflow', 2),
      row(`p50 ms at ${steady}/s`, 'p50Ms', 1),
      row(`p99 ms at ${steady}/s`, 'p99Ms', 1),
      row('RSS MiB', 'rssMiB', 0),
      row('Redis bytes per waiting workflow', 'redisBytesPerWaiting', 0),
    ]),
  );
  console.log(JSON.stringify({ raw, engine, ratio: engine.perSecond / raw.perSecond }));
}
