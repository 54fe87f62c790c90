import type {
  CallStep,
  EventCompletion,
  HttpBinding,
  Mapping,
  MappingObject,
  StepDefinition,
  WaitStep,
} from '#domain/definition/definition.ts';
import { isCompletedByEvent } from '#domain/definition/event-steps.ts';
import { instantOf } from '#domain/definition/instant.ts';
import { isReference } from '#domain/definition/mapping.ts';
import { inspectPathTemplate, pathPart } from '#domain/definition/path-template.ts';
import type { ServiceCatalogue } from '#domain/definition/validation/draft.ts';
import { nameProblems, idProblems } from '#domain/definition/validation/name-rules.ts';
import { outOfRange, quoted, type Problem } from '#domain/definition/validation/problem.ts';
import { isJsonObject } from '#domain/json.ts';
import type { RetryPolicy } from '#domain/policy/retry.ts';

const MAX_CALL_TIMEOUT_MS = 600_000;
const MAX_WAIT_MS = 30 * 24 * 3_600_000;
/** Also far below the 24.8 days at which Node's timers overflow. */
const MAX_RETRY_DELAY_MS = 24 * 3_600_000;
/** Where an operation has no `http` it becomes a part of a path: `POST /operations/{operation}`. */
const OPERATION = /^[A-Za-z0-9][A-Za-z0-9_.()-]{0,127}$/;

/** What is wrong with a step in itself: names, ranges, paths, service and operation. */
export function stepProblems(
  step: StepDefinition,
  path: string,
  catalogue: ServiceCatalogue | null,
): readonly Problem[] {
  return [
    ...idProblems(step.stepId, `${path}/stepId`),
    // Where no name was given it is the id, about which enough was said.
    ...(step.stepName === step.stepId ? [] : nameProblems(step.stepName, `${path}/stepName`)),
    ...(step.kind === 'wait'
      ? waitProblems(step.wait, `${path}/wait`)
      : callProblems(step, path, catalogue)),
  ];
}

function callProblems(
  step: CallStep,
  path: string,
  catalogue: ServiceCatalogue | null,
): readonly Problem[] {
  const { compensation } = step;
  const problems: Problem[] = [];
  const service = catalogue?.get(step.serviceName);
  if (catalogue !== null && !service) {
    const message = `unknown service ${quoted(step.serviceName)}`;
    problems.push({ path: `${path}/serviceName`, message });
  }
  const known = service?.operations ?? null;
  problems.push(...operationProblems(step.operation, known, `${path}/operation`));
  problems.push(...httpProblems(step.http, step.input, path));
  if (step.timeoutMs !== null) {
    problems.push(...outOfRange(step.timeoutMs, 1, MAX_CALL_TIMEOUT_MS, `${path}/timeoutMs`));
  }
  problems.push(...retryProblems(step.retry, `${path}/retry`));
  if (isCompletedByEvent(step))
    problems.push(...eventProblems(step.completion, `${path}/completion`));
  if (compensation.strategy === 'NONE') return problems;
  const undo = `${path}/compensation`;
  if (step.pivot) {
    const message = 'a pivot is the point of no return: its compensation must be of strategy NONE';
    problems.push({ path: `${undo}/strategy`, message });
  }
  problems.push(...operationProblems(compensation.operation, known, `${undo}/operation`));
  problems.push(...httpProblems(compensation.http, compensation.input, undo));
  return problems;
}

function operationProblems(
  operation: string,
  known: ReadonlySet<string> | null,
  path: string,
): readonly Problem[] {
  if (!OPERATION.test(operation)) {
    return [{ path, message: `must match ${OPERATION.source}` }];
  }
  if (known === null || known.has(operation)) return [];
  return [{ path, message: `unknown operation ${quoted(operation)} of this service` }];
}

/** `owner` is the place that has `http` and `input`: a step or its compensation. */
function httpProblems(
  http: HttpBinding | null,
  input: MappingObject,
  owner: string,
): readonly Problem[] {
  if (http === null) return [];
  const path = `${owner}/http/path`;
  const shape = inspectPathTemplate(http.path);
  if (shape.kind === 'malformed') return [{ path, message: shape.problem }];
  return shape.names.flatMap((name) => {
    const value = Object.hasOwn(input, name) ? input[name] : undefined;
    if (value === undefined) {
      return [{ path, message: `path parameter ${name} is not a field of the input` }];
    }
    const part = isDynamic(value) ? null : pathPart(value);
    if (part === null || 'encoded' in part) return [];
    return [{ path: `${owner}/input/${name}`, message: part.problem }];
  });
}

function isDynamic(value: Mapping): boolean {
  return isJsonObject(value) && isReference(value);
}

function retryProblems(policy: RetryPolicy, path: string): readonly Problem[] {
  const problems = [
    ...outOfRange(policy.retries, 0, 20, `${path}/retries`),
    ...outOfRange(policy.initialDelayMs, 1, MAX_RETRY_DELAY_MS, `${path}/initialDelayMs`),
    ...outOfRange(policy.maxDelayMs, 1, MAX_RETRY_DELAY_MS, `${path}/maxDelayMs`),
    ...outOfRange(policy.multiplier, 1, 10, `${path}/multiplier`),
  ];
  if (policy.maxDelayMs < policy.initialDelayMs) {
    problems.push({ path: `${path}/maxDelayMs`, message: 'must not be less than initialDelayMs' });
  }
  return problems;
}

function eventProblems(
  { event, failOn, correlationKey, timeoutMs }: EventCompletion,
  path: string,
): readonly Problem[] {
  const problems = [
    ...nameProblems(event, `${path}/event`),
    ...failOn.flatMap((name, index) => nameProblems(name, `${path}/failOn/${index}`)),
    ...outOfRange(timeoutMs, 1, MAX_WAIT_MS, `${path}/timeoutMs`),
  ];
  failOn.forEach((name, index) => {
    const at = `${path}/failOn/${index}`;
    if (name === event)
      problems.push({ path: at, message: 'must not be the event that completes the step' });
    else if (failOn.indexOf(name) < index)
      problems.push({ path: at, message: `${quoted(name)} is there twice` });
  });
  const isText = typeof correlationKey === 'string' || typeof correlationKey === 'number';
  if (!isDynamic(correlationKey) && !isText) {
    const message = 'must be text or { "$from": ... }, mostly a pointer into /reply';
    problems.push({ path: `${path}/correlationKey`, message });
  }
  return problems;
}

function waitProblems(wait: WaitStep['wait'], path: string): readonly Problem[] {
  if ('durationMs' in wait)
    return outOfRange(wait.durationMs, 1, MAX_WAIT_MS, `${path}/durationMs`);
  const { until } = wait;
  if (isDynamic(until) || instantOf(until) !== null) return [];
  const message =
    'must be an ISO 8601 time with its offset, epoch milliseconds, or { "$from": ... }';
  return [{ path: `${path}/until`, message }];
}
