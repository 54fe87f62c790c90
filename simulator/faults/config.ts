import { z } from 'zod';
import { faultSchema, isOwnRefusal } from '#simulator/faults/fault.ts';
import { CATALOGUE, findOperation } from '#simulator/services.ts';

const target = {
  /** absent: every service */
  service: z.string().optional(),
  /** absent: every operation */
  operation: z.string().optional(),
};

/** Log-normal: half of the calls take longer than `medianMs`; `sigma` is the spread (0: all the same). */
const latencySchema = z.strictObject({
  ...target,
  medianMs: z.number().min(0).max(60_000),
  sigma: z.number().min(0).max(3).default(0.4),
  maxMs: z.number().min(0).max(600_000).default(30_000),
});

/** Where services send their events, and how long after the work was done; the first latency that matches counts. */
export const eventsSchema = z.strictObject({
  /** `POST /api/v1/events` of an engine. */
  url: z.url({ protocol: /^https?$/ }),
  latency: z.array(latencySchema).default([]),
});
export type EventsInput = z.input<typeof eventsSchema>;
export type EventsSettings = z.output<typeof eventsSchema>;

/** A share of the calls, at random. Rules are tried in order; the first that strikes wins. */
const ruleSchema = z.strictObject({
  ...target,
  /** absent: both */
  on: z.enum(['do', 'undo']).optional(),
  rate: z.number().min(0).max(1),
  fault: faultSchema,
});

const scriptSchema = z
  .strictObject({
    workflowId: z.string().min(1).optional(),
    /** By the X-Correlation-Id header: known before the workflow has an id. */
    correlationId: z.string().min(1).optional(),
    stepId: z.string().min(1),
    on: z.enum(['do', 'undo']).default('do'),
    /** Numbers of the requests of one key, from 1; absent: all. */
    attempts: z.array(z.int().min(1)).min(1).optional(),
    fault: faultSchema,
  })
  .refine((script) => script.workflowId === undefined || script.correlationId === undefined, {
    error: 'name a workflowId or a correlationId, not both',
  });

/** A script, or several. */
export const scriptsSchema = z.preprocess(
  (body): readonly unknown[] => (Array.isArray(body) ? body : [body]),
  z.array(scriptSchema),
);

/** What goes wrong, and how long calls take. `{}`: nothing, and no time at all. */
export const faultsSchema = z
  .strictObject({
    /** The first that matches a call is its latency. */
    latency: z.array(latencySchema).default([]),
    rules: z.array(ruleSchema).default([]),
    /** For chosen steps; before any rule. */
    scripts: z.array(scriptSchema).default([]),
  })
  .superRefine((faults, context) => {
    for (const list of ['latency', 'rules'] as const) {
      for (const [index, entry] of faults[list].entries()) {
        const problem = targetProblem(entry);
        if (problem !== null) {
          const { field, message } = problem;
          context.addIssue({ code: 'custom', path: [list, index, field], message });
        }
      }
    }
    for (const [index, rule] of faults.rules.entries()) {
      if (isOwnRefusal(rule.fault) && !someCanRefuse(rule)) {
        const message = 'no operation meant here has a refusal of its own: give a reply';
        context.addIssue({ code: 'custom', path: ['rules', index, 'fault'], message });
      }
    }
  });

export type FaultsInput = z.input<typeof faultsSchema>;
export type Faults = z.output<typeof faultsSchema>;
export type FaultScript = z.output<typeof scriptSchema>;
export type ScriptInput = z.input<typeof scriptSchema>;
export type FaultRule = z.output<typeof ruleSchema>;
export type Latency = z.output<typeof latencySchema>;

type Target = { readonly service?: string | undefined; readonly operation?: string | undefined };

/** A name that matches nothing would be a fault that never strikes, in silence. */
function targetProblem({ service, operation }: Target): { field: string; message: string } | null {
  if (service !== undefined && !CATALOGUE.has(service)) {
    return { field: 'service', message: `unknown service ${service}` };
  }
  if (operation === undefined) return null;
  const services = service === undefined ? [...CATALOGUE.keys()] : [service];
  if (services.some((name) => findOperation(name, operation)?.name === operation)) return null;
  return { field: 'operation', message: `unknown operation ${operation}` };
}

function someCanRefuse({ service, operation }: Target): boolean {
  const services = service === undefined ? [...CATALOGUE.keys()] : [service];
  return services.some((name) =>
    CATALOGUE.get(name)?.some(
      (candidate) =>
        candidate.refusal !== null && (operation === undefined || candidate.name === operation),
    ),
  );
}
