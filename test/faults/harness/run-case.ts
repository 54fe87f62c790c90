import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMongoStore } from '#adapters/mongo/open-mongo-store.ts';
import { openSqliteStore } from '#adapters/sqlite/open-sqlite-store.ts';
import { randomFrom } from '#simulator/random.ts';
import {
  startEngineProcesses,
  type EngineOptions,
  type EngineProcesses,
} from '../../../scripts/processes/engine-processes.ts';
import { check } from '../checks/check.ts';
import { collectEvidence } from '../checks/collect.ts';
import type { Finding, Start } from '../checks/evidence.ts';
import type { FaultCase, Plan } from './fault-case.ts';
import { orderSource } from './orders.ts';
import { placeStarts } from './place-starts.ts';
import { settle } from './settle.ts';

export type CaseResult = {
  readonly letter: string;
  readonly title: string;
  readonly workflows: number;
  readonly findings: readonly Finding[];
  /** From the end of the fault until nothing moved any more; null: the case broke off. */
  readonly recoveredMs: number | null;
  /** Where the logs are; null: all was well, and they are gone. */
  readonly folder: string | null;
};

/** Runs a case on an engine of its own and judges it. Never rejects: what breaks is a finding. */
export async function runCase(
  fault: FaultCase,
  { seed, long }: Pick<Plan, 'seed' | 'long'>,
): Promise<CaseResult> {
  const { letter, title } = fault;
  const folder = await mkdtemp(join(tmpdir(), `wes-fault-${letter}-`));
  const endings: (() => Promise<void>)[] = [];
  const plan: Plan = {
    long,
    seed,
    folder,
    random: randomFrom(`fault ${letter} ${seed}`),
    atEnd: (work) => endings.push(work),
  };
  let engine: EngineProcesses | null = null;
  try {
    const options = setup((await fault.setup?.(plan)) ?? {}, seed);
    engine = await startEngineProcesses(options);
    const { workflows, findings, recoveredMs } = await tryOut(fault, plan, engine, options);
    await engine.stop();
    const folderLeft = findings.length > 0 ? engine.folder : null;
    if (folderLeft === null) await engine.discard();
    return { letter, title, workflows, findings, recoveredMs, folder: folderLeft };
  } catch (error) {
    await engine?.stop();
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const findings: readonly Finding[] = [{ kind: 'wrong', about: 'the case broke off', what }];
    return {
      letter,
      title,
      workflows: 0,
      findings,
      recoveredMs: null,
      folder: engine?.folder ?? null,
    };
  } finally {
    for (const end of endings) await end();
    await rm(folder, { recursive: true, force: true });
  }
}

async function tryOut(
  fault: FaultCase,
  plan: Plan,
  engine: EngineProcesses,
  { settings }: EngineOptions,
) {
  const starts: Start[] = [];
  const blamed: Finding[] = [];
  const url = settings?.['STORE_URL'];
  const store =
    url === undefined
      ? await openSqliteStore({ path: join(engine.folder, 'wes.db') })
      : await openMongoStore({ url });
  try {
    const {
      tick,
      epochMs,
      recoveredMs: ownMs,
    } = await fault.play({
      ...plan,
      engine,
      orders: orderSource(plan.seed, plan.random, engine.simulator),
      place: (startPlan) => placeStarts(engine.api, startPlan, starts),
      starts: () => starts,
      record: (start) => starts.push(start),
      blame: (what) => blamed.push({ kind: 'wrong', about: fault.title, what }),
      settled: () => settle(store),
    });
    await settle(store);
    const recoveredMs = ownMs ?? performance.now() - tick;
    const healedAt = fault.clockMoves === true ? null : epochMs;
    const evidence = await collectEvidence(engine, store, starts, healedAt);
    return {
      workflows: evidence.served.length,
      findings: [...blamed, ...check(evidence)],
      recoveredMs,
    };
  } finally {
    await store.close();
  }
}

/** What all cases share; a case's own options go before. Times are those of production but where a call takes its time. */
function setup(own: EngineOptions, seed: number): EngineOptions {
  return {
    seed,
    ...own,
    counts: { web: 1, worker: 2, reconciler: 1, ...own.counts },
    services: { timeoutMs: 1000, breaker: { openMs: 1000 }, ...own.services },
    faults: { latency: [{ medianMs: 15, sigma: 0.5, maxMs: 200 }], ...own.faults },
  };
}
