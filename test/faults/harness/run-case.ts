import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '#adapters/telemetry/logger.ts';
import type { EngineStore } from '#application/ports/engine-store.ts';
import { readConfig } from '#composition/config.ts';
import { openStore } from '#composition/open-store.ts';
import { randomFrom } from '#simulator/random.ts';
import {
  startEngineProcesses,
  type EngineOptions,
  type EngineProcesses,
} from '../../../scripts/processes/engine-processes.ts';
import { check } from '../checks/check.ts';
import { collectEvidence } from '../checks/collect.ts';
import type { Finding, Start } from '../checks/evidence.ts';
import type { FaultCase, Plan, Trial } from './fault-case.ts';
import { orderSource } from './orders.ts';
import { placeStarts } from './place-starts.ts';
import { roomIn, UNBOUNDED } from './room.ts';
import { settle } from './settle.ts';
import type { RunningStore, StoreUnderTest } from './stores.ts';

export type CaseResult = {
  readonly letter: string;
  readonly title: string;
  readonly workflows: number;
  readonly findings: readonly Finding[];
  /** From the end of the fault until nothing moved any more; null: the case broke off. */
  readonly recoveredMs: number | null;
  /** Where logs and store are; empty: all was well, and they are gone. */
  readonly folders: readonly string[];
};

export type Shape = Pick<Plan, 'seed' | 'long'> & { readonly store: StoreUnderTest };

/** Runs a case on an engine and a store of its own, and judges it. Never rejects: what breaks is a finding. */
export async function runCase(fault: FaultCase, shape: Shape): Promise<CaseResult> {
  const { letter, title } = fault;
  const { seed, long } = shape;
  const folder = await mkdtemp(join(tmpdir(), `wes-fault-${letter}-`));
  const endings: (() => Promise<void>)[] = [];
  const random = randomFrom(`fault ${letter} ${seed}`);
  const atEnd = (work: () => Promise<void>) => void endings.push(work);
  const plan: Plan = { long, seed, folder, random, atEnd };
  let store: RunningStore | null = null;
  let engine: EngineProcesses | null = null;
  let seen: Seen;
  try {
    store = await shape.store.start(folder);
    const options = setup((await fault.setup?.(plan)) ?? {}, seed, store.url);
    engine = await startEngineProcesses(options);
    const url = options.settings?.['STORE_URL'] ?? store.url;
    seen = await tryOut(fault, plan, engine, { url, ...shape.store });
  } catch (error) {
    seen = { workflows: 0, findings: [brokeOff(error)], recoveredMs: null };
  }
  await engine?.stop();
  const crashes = (engine?.failed() ?? []).map((what): Finding => ({
    kind: 'wrong',
    about: 'a process',
    what,
  }));
  seen = { ...seen, findings: [...seen.findings, ...crashes] };
  for (const end of endings) await end();
  await store?.stop();
  if (seen.findings.length > 0) {
    return { letter, title, ...seen, folders: [...(engine ? [engine.folder] : []), folder] };
  }
  await engine?.discard();
  await rm(folder, { recursive: true, force: true });
  return { letter, title, ...seen, folders: [] };
}

type Seen = Pick<CaseResult, 'workflows' | 'findings' | 'recoveredMs'>;

async function tryOut(
  fault: FaultCase,
  plan: Plan,
  engine: EngineProcesses,
  {
    url,
    pace,
    mostUnderWay,
  }: Pick<StoreUnderTest, 'pace' | 'mostUnderWay'> & Pick<RunningStore, 'url'>,
): Promise<Seen> {
  const starts: Start[] = [];
  const blamed: Finding[] = [];
  const store = await openReader(url);
  const room = mostUnderWay === null ? UNBOUNDED : roomIn(store, mostUnderWay);
  try {
    const trial: Trial = {
      ...plan,
      engine,
      orders: orderSource(plan.seed, plan.random, engine.simulator),
      place: ({ perSecond, ...startPlan }) =>
        placeStarts(engine.api, { ...startPlan, perSecond: perSecond * pace }, starts, room),
      starts: () => starts,
      record: (start) => starts.push(start),
      blame: (what) => blamed.push({ kind: 'wrong', about: fault.title, what }),
      settled: () => settle(store),
      store,
    };
    const healed = await fault.play(trial).catch((error: unknown) => {
      blamed.push(brokeOff(error));
      return null;
    });
    await settle(store);
    const recoveredMs = healed && (healed.recoveredMs ?? performance.now() - healed.tick);
    const healedAt = fault.clockMoves === true ? null : (healed?.epochMs ?? null);
    const evidence = await collectEvidence(engine, store, starts, healedAt);
    const findings = [...blamed, ...check(evidence)];
    return { workflows: evidence.served.length, findings, recoveredMs };
  } finally {
    await store.close();
  }
}

function brokeOff(error: unknown): Finding {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: 'wrong', about: 'the case broke off', what };
}

/** The engine's own adapter, in a process of ours. */
async function openReader(storeUrl: string): Promise<EngineStore> {
  const read = readConfig({ STORE_URL: storeUrl }, false);
  if (read.kind === 'invalid') throw new Error(read.faults.map((one) => one.message).join('\n'));
  return await openStore(read.config.store, createLogger({ level: 'warn', format: 'pretty' }));
}

/** What all cases share; a case's own options go before. Times are those of production but where a call takes its time. */
function setup(own: EngineOptions, seed: number, storeUrl: string): EngineOptions {
  return {
    seed,
    ...own,
    settings: { STORE_URL: storeUrl, ...own.settings },
    counts: { web: 1, worker: 2, reconciler: 1, ...own.counts },
    services: { timeoutMs: 1000, breaker: { openMs: 1000 }, ...own.services },
    faults: { latency: [{ medianMs: 15, sigma: 0.5, maxMs: 200 }], ...own.faults },
  };
}
