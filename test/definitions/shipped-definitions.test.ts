import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { inputProblems } from '#application/definitions/input-schema.ts';
import { undeliveredEvents } from '#application/definitions/undelivered-events.ts';
import { planEvent } from '#application/inbound/plan-event.ts';
import { readTriggers } from '#application/inbound/read-triggers.ts';
import { parseDefinition } from '#application/definitions/parse-definition.ts';
import { catalogueOfRegistry } from '#application/definitions/registry-catalogue.ts';
import { holds } from '#domain/definition/condition.ts';
import type { CallStep, WorkflowDefinition } from '#domain/definition/definition.ts';
import { eventStepsOf, isCompletedByEvent } from '#domain/definition/event-steps.ts';
import { dependenciesOf, dependencyOrder } from '#domain/definition/graph.ts';
import { lookup } from '#domain/definition/json-pointer.ts';
import {
  resolveFields,
  resolveKnown,
  resolveMapping,
  type Scope,
} from '#domain/definition/mapping.ts';
import { fillPath } from '#domain/definition/path-template.ts';
import { segmentsOf } from '#domain/definition/segments.ts';
import type { Json, JsonObject } from '#domain/json.ts';
import { askedOf, type Asked } from '#simulator/operation.ts';
import { findOperation, registry } from '#simulator/services.ts';

const FOLDER = new URL('../../definitions/', import.meta.url);
const CATALOGUE = catalogueOfRegistry(registry('http://127.0.0.1'));

const ORDER: JsonObject = {
  orderId: '536365',
  customerId: '17850',
  country: 'France',
  export: true,
  gift: false,
  qcRequired: false,
  warehouseId: 'WH-1',
  zone: 'A',
  carrier: 'DHL',
  currency: 'GBP',
  totalValue: 22.5,
  lines: [
    { sku: '85123A', description: 'HEART T-LIGHT HOLDER', quantity: 6, unitPrice: 2.55 },
    { sku: '22/3', description: 'sample', quantity: 1, unitPrice: 0 },
  ],
};

/** An input for every shipped definition. */
const INPUTS: Readonly<Record<string, JsonObject>> = {
  'order-fulfillment': ORDER,
  'inventory-transfer': {
    transferId: 'T-1',
    warehouseId: 'WH-1',
    sku: '85123A',
    quantity: 5,
    lpn: 'LPN-1',
    fromLocationId: 'LOC-1',
  },
  'quality-check': {
    checkId: 'Q-1',
    locationId: 'LOC-1',
    quarantineLocationId: 'LOC-Q',
    lpn: 'LPN-1',
    sku: '85123A',
    quantity: 5,
  },
  replenishment: { sku: '85123A', locationId: 'LOC-P', warehouseId: 'WH-1', quantity: 24 },
  putaway: {
    receiptId: 'RCP-1',
    lpn: 'LPN-1',
    sku: '85123A',
    quantity: 5,
    warehouseId: 'WH-1',
    fromLocationId: 'RECEIVING',
  },
  'cycle-count': { locationId: 'LOC-1' },
  'returns-processing': {
    rmaNumber: 'RMA-1',
    sku: '85123A',
    quantity: 1,
    returnsLocationId: 'RETURNS',
    quarantineLocationId: 'QUARANTINE',
  },
  receiving: {
    trailerId: 'TRL-1',
    receiptId: 'RCP-1',
    warehouseId: 'WH-1',
    sku: '85123A',
    quantity: 48,
  },
  picking: {
    orderId: '536365',
    warehouseId: 'WH-1',
    zone: 'A',
    strategy: 'DISCRETE',
    lines: [{ sku: '85123A', quantity: 6 }],
  },
  shipping: {
    shipmentId: 'SHP-1',
    orderId: 'O-1',
    customerId: 'C-1',
    carrier: 'DHL',
    country: 'France',
  },
};

/** Everything that a run with the simulator's own answers shows of a definition. */
type Run = {
  readonly scope: Scope;
  readonly done: readonly CallStep[];
  readonly skipped: readonly string[];
  /** Steps that the reply itself declares failed. */
  readonly refused: readonly string[];
};

for (const file of readdirSync(FOLDER)) {
  const definition = shipped(file);
  const input = INPUTS[definition.definitionId] ?? {};

  test(`${file}: its sample input fits its inputSchema, and one without any field does not`, (t) => {
    t.deepEqual(inputProblems(definition, input), []);
    t.is(inputProblems(definition, {}).length, Object.keys(input).length);
  });

  test(`${file}: each step and each undo calls its operation where the service has it`, (t) => {
    for (const step of definition.steps) {
      if (step.kind !== 'call') continue;
      const { serviceName, operation, http, compensation } = step;
      t.deepEqual(http, findOperation(serviceName, operation)?.http ?? null, step.stepId);
      const undoable = findOperation(serviceName, operation)?.undoneBy ?? [];
      if (compensation.strategy === 'NONE') continue;
      const undo = findOperation(serviceName, compensation.operation);
      t.deepEqual(compensation.http, undo?.http ?? null, step.stepId);
      t.true(undoable.includes(compensation.operation), step.stepId);
    }
  });

  for (const waveless of [false, true]) {
    test(`${file}: with the services' answers every input, path and undo is there (waveless: ${waveless})`, (t) => {
      const { scope, done, refused } = run(definition, input, waveless);
      t.deepEqual(refused, []);
      for (const step of done) {
        const { compensation } = step;
        if (compensation.strategy === 'NONE') continue;
        const undo = resolveFields(compensation.input, scope);
        if (undo.kind === 'missing') {
          t.fail(`${step.stepId}: ${undo.pointers.join(', ')}`);
        } else if (compensation.http !== null) {
          t.is(fillPath(compensation.http.path, undo.value).kind, 'filled', step.stepId);
        }
      }
      const output = resolveKnown(definition.output, scope);
      t.deepEqual(Object.keys(output), Object.keys(definition.output));
    });
  }
}

test('order fulfilment has the steps of the document that complete by a call', (t) => {
  const { steps } = shipped('order-fulfillment.json');
  t.deepEqual(
    steps.map((step) => step.stepId),
    [
      'validate-order',
      'check-labor',
      'reserve-inventory',
      'plan-cartons',
      'create-wave',
      'create-pick-tasks',
      'create-pick-session',
      'create-shipment',
      'create-license-plate',
      'generate-label',
      'notify-customer',
      'audit-trail',
    ],
  );
});

test('order fulfilment runs its middle as one chain', (t) => {
  const segments = segmentsOf(shipped('order-fulfillment.json'));
  t.true(
    segments.some(
      (segment) => segment.join() === 'create-wave,create-pick-tasks,create-pick-session',
    ),
  );
  t.true(segments.some((segment) => segment.join() === 'create-shipment,generate-label'));
});

test('a waveless order gets no wave', (t) => {
  const definition = shipped('order-fulfillment.json');
  t.deepEqual(run(definition, ORDER, true).skipped, ['create-wave']);
  t.deepEqual(run(definition, ORDER, false).skipped, []);
});

test('an order of which a line can not be allocated fails at the reservation', (t) => {
  const definition = shipped('order-fulfillment.json');
  const { refused } = run(definition, ORDER, false, new Set(['reserve-inventory']));
  t.deepEqual(refused, ['reserve-inventory']);
});

test('goods that pass the inspection are neither moved nor written off, goods that fail are', (t) => {
  const definition = shipped('quality-check.json');
  const input = INPUTS['quality-check'] ?? {};
  t.deepEqual(run(definition, input, false).skipped, ['quarantine', 'write-off']);
  const failed = run(definition, input, false, new Set(['create-inspection']));
  t.deepEqual([failed.skipped, failed.refused], [[], []]);
});

test('a transfer of more than there is fails at the check, one without a target at the search', (t) => {
  const definition = shipped('inventory-transfer.json');
  const input = INPUTS['inventory-transfer'] ?? {};
  const greedy = run(definition, { ...input, quantity: 100_000 }, false);
  t.deepEqual(greedy.refused, ['check-availability']);
  t.deepEqual(run(definition, input, false, new Set(['check-target'])).refused, ['check-target']);
});

test('a count that agrees is neither repeated nor adjusted', (t) => {
  const { skipped } = run(shipped('cycle-count.json'), INPUTS['cycle-count'] ?? {}, false);
  t.deepEqual(skipped, ['recount-task', 'adjust-stock']);
});

test('a count that does not agree is repeated, and the stock adjusted by what the second one says', (t) => {
  const definition = shipped('cycle-count.json');
  const step = (stepId: string) => definition.steps.find((one) => one.stepId === stepId);
  const wants = (stepId: string, variances: { count: number; recount?: number }) => {
    const { count, recount } = variances;
    const steps = {
      'count-task': { output: { variance: count } },
      ...(recount !== undefined && { 'recount-task': { output: { variance: recount } } }),
    };
    const condition = step(stepId)?.condition;
    return condition !== undefined && condition !== null && holds(condition, { steps });
  };
  t.true(wants('recount-task', { count: -2 }));
  t.true(wants('adjust-stock', { count: -2, recount: -2 }));
  t.true(wants('adjust-stock', { count: 1, recount: 3 }));
  t.false(wants('adjust-stock', { count: 1, recount: 0 }));
  t.false(wants('adjust-stock', { count: 0 }));
});

test('returned goods go back into stock or into quarantine, as their disposition says', (t) => {
  const definition = shipped('returns-processing.json');
  const wants = (dispositionType: string) =>
    definition.steps.flatMap(({ stepId, condition }) => {
      const steps = { 'assess-condition': { output: { dispositionType } } };
      return condition !== null && holds(condition, { steps }) ? [stepId] : [];
    });
  t.deepEqual(wants('RESALE'), ['restock']);
  t.deepEqual(wants('DESTROY'), ['quarantine']);
  t.deepEqual(wants('REFURBISH'), [], 'a child workflow will do that');
});

test('a return that is denied, and a receipt that fails its inspection, go no further', (t) => {
  const refusal = (file: string, stepId: string) => {
    const definition = shipped(file);
    return run(definition, INPUTS[definition.definitionId] ?? {}, false, new Set([stepId])).refused;
  };
  t.deepEqual(refusal('returns-processing.json', 'approve-rma'), ['approve-rma']);
  t.deepEqual(refusal('receiving.json', 'inspect-receipt'), ['inspect-receipt']);
  t.deepEqual(refusal('putaway.json', 'recommend-location'), ['recommend-location']);
});

test('what a step waits for is what its service announces, by the shipped triggers, under the key of its reply', (t) => {
  const read = readTriggers(JSON.parse(readFileSync('config/triggers.json', 'utf8')));
  if (read.kind === 'invalid') return t.fail(read.faults.join());
  const { triggers } = read;
  for (const file of readdirSync(FOLDER)) {
    const definition = shipped(file);
    const services = { find: (name: string) => ({ name, timeoutMs: 1 }) };
    t.deepEqual(undeliveredEvents(definition, triggers, services), [], file);
    const { scope } = run(definition, INPUTS[definition.definitionId] ?? {}, false);
    for (const step of eventStepsOf(definition)) {
      const announces = findOperation(step.serviceName, step.operation)?.announces;
      const { type } = announces ?? { type: 'none' };
      const event = { source: '/s', id: '1', type, subject: null, time: null, origin: null };
      const data = lookup(scope, `/steps/${step.stepId}/output/event`);
      const plan = planEvent(triggers, { ...event, data: data.found ? data.value : null });
      const reply = lookup(scope, `/steps/${step.stepId}/output`);
      const awaited = resolveMapping(step.completion.correlationKey, {
        ...scope,
        reply: reply.found ? reply.value : null,
      });
      t.like(plan, { kind: 'act', trigger: { event: step.completion.event } });
      t.deepEqual(awaited, { kind: 'value', value: plan.kind === 'act' ? plan.key : null });
    }
  }
});

test('shipping has its dispatch as the one pivot, behind all that can be undone', (t) => {
  const { steps } = shipped('shipping.json');
  const pivots = steps.filter((step) => step.kind === 'call' && step.pivot);
  t.deepEqual(
    pivots.map((step) => step.stepId),
    ['dispatch-shipment'],
  );
});

function shipped(file: string): WorkflowDefinition {
  const source: unknown = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
  const result = parseDefinition(source, CATALOGUE);
  if (result.kind === 'invalid') throw new Error(`${file}: ${JSON.stringify(result.problems)}`);
  return result.definition;
}

/**
 * Runs a definition in order with the replies that the simulator builds, without network or engine.
 * @param refusing steps whose service answers 200 and says no; only up to there the run goes on
 */
function run(
  definition: WorkflowDefinition,
  input: JsonObject,
  waveless: boolean,
  refusing: ReadonlySet<string> = new Set(),
): Run {
  const steps: Record<string, Json> = {};
  const context = { workflowId: 'w-1', priority: 'NORMAL', waveless };
  const scope = { input, steps, context };
  const done: CallStep[] = [];
  const skipped: string[] = [];
  const { order } = dependencyOrder(dependenciesOf(definition.steps));
  for (const stepId of order) {
    const step = definition.steps.find((candidate) => candidate.stepId === stepId);
    if (step?.kind !== 'call') continue;
    if (step.condition !== null && !holds(step.condition, scope)) {
      skipped.push(stepId);
      continue;
    }
    const asked = askedFor(step, scope);
    const operation = findOperation(step.serviceName, step.operation);
    const build = refusing.has(stepId) ? operation?.refusal : operation?.reply;
    if (!build) throw new Error(`${stepId}: the service has no such answer`);
    const reply = build(asked);
    if (step.failWhen !== null && holds(step.failWhen, { ...scope, reply })) {
      return { scope, done, skipped, refused: [stepId] };
    }
    const event = isCompletedByEvent(step)
      ? { event: operation?.announces?.data(asked) ?? null }
      : {};
    steps[stepId] = { output: { ...reply, ...event } };
    done.push(step);
  }
  return { scope, done, skipped, refused: [] };
}

function askedFor(step: CallStep, scope: Scope): Asked {
  const input = resolveFields(step.input, scope);
  if (input.kind === 'missing') throw new Error(`${step.stepId}: ${input.pointers.join(', ')}`);
  const path = step.http === null ? null : fillPath(step.http.path, input.value);
  if (path?.kind === 'invalid') throw new Error(`${step.stepId}: ${path.problems.join(', ')}`);
  const params = Object.fromEntries(
    [...(path?.used ?? [])].map((name) => [name, String(input.value[name])]),
  );
  return askedOf(step.stepId, params, input.value);
}
