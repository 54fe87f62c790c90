import { isOwnRefusal } from '#simulator/faults/fault.ts';
import type { Fault } from '#simulator/faults/fault.ts';
import type { Faults, FaultRule, FaultScript, Latency } from '#simulator/faults/config.ts';
import type { Operation } from '#simulator/operation.ts';
import { randomFrom } from '#simulator/random.ts';

/** One request, as far as its fate depends on it. */
export type CallToJudge = {
  readonly service: string;
  readonly operation: Operation;
  /** The Idempotency-Key as sent, or what stands for it where none was. */
  readonly key: string;
  readonly workflowId: string | null;
  readonly correlationId: string | null;
  readonly stepId: string | null;
  readonly kind: 'do' | 'undo';
  /** Which request with this key it is, from 1. */
  readonly attempt: number;
};

export type Verdict = { readonly latencyMs: number; readonly fault: Fault | null };

/** Decides each call's fate. For one configuration it depends on seed, service, operation, key and attempt alone. */
export type FaultPlan = {
  readonly faults: () => Faults;
  readonly judge: (call: CallToJudge) => Verdict;
  readonly addScripts: (scripts: readonly FaultScript[]) => void;
};

export function createFaultPlan(seed: number, faults: Faults): FaultPlan {
  const allScripts: FaultScript[] = [];
  const scripts = new Map<string, FaultScript[]>();
  const matching = new Map<string, Matching>();

  function addScripts(added: readonly FaultScript[]): void {
    for (const script of added) {
      allScripts.push(script);
      const address = scriptAddress(whose(script), script.stepId, script.on);
      const list = scripts.get(address);
      if (list) list.push(script);
      else scripts.set(address, [script]);
    }
  }

  /** The closest script wins: of the workflow, of its correlation id, of the step in any workflow. */
  function scripted(call: CallToJudge): Fault | null {
    if (scripts.size === 0 || call.stepId === null) return null;
    const owners = [`workflow ${call.workflowId}`, `correlation ${call.correlationId}`, ANY];
    for (const owner of owners) {
      const list = scripts.get(scriptAddress(owner, call.stepId, call.kind)) ?? [];
      const script = list.find(({ attempts }) => attempts?.includes(call.attempt) ?? true);
      if (script) return script.fault;
    }
    return null;
  }

  /** Configurations hold a few dozen entries; calls come by the thousand: match once per operation and direction. */
  function matchingOf({ service, operation, kind }: CallToJudge): Matching {
    const address = `${service} ${operation.name} ${kind}`;
    const known = matching.get(address);
    if (known) return known;
    const meant = (entry: { service?: string | undefined; operation?: string | undefined }) =>
      (entry.service ?? service) === service &&
      (entry.operation ?? operation.name) === operation.name;
    const found = {
      latency: faults.latency.find(meant) ?? null,
      rules: faults.rules.filter(
        (rule) =>
          meant(rule) &&
          (rule.on ?? kind) === kind &&
          (operation.refusal !== null || !isOwnRefusal(rule.fault)),
      ),
    };
    matching.set(address, found);
    return found;
  }

  addScripts(faults.scripts);
  return {
    faults: () => ({ ...faults, scripts: [...allScripts] }),
    addScripts,
    judge: (call) => {
      const { latency, rules } = matchingOf(call);
      const script = scripted(call);
      if (latency === null && rules.length === 0) return { latencyMs: 0, fault: script };
      const { service, operation, key, attempt } = call;
      const random = randomFrom([seed, service, operation.name, key, attempt].join('|'));
      const latencyMs = latency === null ? 0 : drawLatencyMs(latency, random);
      const struck = rules.find((rule) => random() < rule.rate);
      return { latencyMs, fault: script ?? struck?.fault ?? null };
    },
  };
}

type Matching = { readonly latency: Latency | null; readonly rules: readonly FaultRule[] };

const ANY = 'any';

function whose(script: FaultScript): string {
  if (script.workflowId !== undefined) return `workflow ${script.workflowId}`;
  return script.correlationId === undefined ? ANY : `correlation ${script.correlationId}`;
}

function scriptAddress(owner: string, stepId: string, on: 'do' | 'undo'): string {
  return `${owner}|${stepId}|${on}`;
}

/** Log-normal by Box-Muller; two draws, whatever the parameters. */
export function drawLatencyMs({ medianMs, sigma, maxMs }: Latency, random: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  const normal = radius * Math.cos(2 * Math.PI * random());
  return Math.min(medianMs * Math.exp(sigma * normal), maxMs);
}
