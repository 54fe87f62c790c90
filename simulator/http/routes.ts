import type { Operation } from '#simulator/operation.ts';
import { CATALOGUE, findOperation } from '#simulator/services.ts';

export type Routed =
  | {
      readonly kind: 'found';
      /** Never empty; several where the documents give one route to several operations. */
      readonly operations: readonly [Operation, ...Operation[]];
      readonly params: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'unknown-path' }
  | { readonly kind: 'wrong-method'; readonly allowed: readonly string[] }
  | { readonly kind: 'undecodable' };

type Route = {
  readonly method: string;
  readonly segments: readonly string[];
  readonly operations: [Operation, ...Operation[]];
};

const ROUTES: ReadonlyMap<string, readonly Route[]> = new Map(
  [...CATALOGUE].map(([service, operations]) => [service, routesOf(operations)]),
);

/** The names of operations that take another's effect back. */
const UNDOS: ReadonlySet<string> = new Set(
  [...CATALOGUE.values()].flat().flatMap((operation) => operation.undoneBy),
);

/** What a path within a service stands for: one of its routes, or `POST /operations/{operation}` (SPEC 9). */
export function route(service: string, method: string, path: string): Routed {
  const segments = decoded(path);
  if (segments === null) return { kind: 'undecodable' };
  if (segments.length === 2 && segments[0] === 'operations') {
    const operation = findOperation(service, segments[1] ?? '');
    if (!operation) return { kind: 'unknown-path' };
    if (method !== 'POST') return { kind: 'wrong-method', allowed: ['POST'] };
    return { kind: 'found', operations: [operation], params: {} };
  }
  const onPath = (ROUTES.get(service) ?? []).filter((candidate) => matches(candidate, segments));
  const match = onPath.find((candidate) => candidate.method === method);
  if (match) {
    return { kind: 'found', operations: match.operations, params: paramsOf(match, segments) };
  }
  if (onPath.length === 0) return { kind: 'unknown-path' };
  return { kind: 'wrong-method', allowed: onPath.map((candidate) => candidate.method) };
}

/**
 * Which of a route's operations a call means. The key says the direction, and the step's applied effect which undo fits;
 * where several still do (the reversals of a stock adjustment), the first of the catalogue.
 * @param done the operation that the step's `do` applied; null: none
 */
export function operationMeant(
  operations: readonly [Operation, ...Operation[]],
  kind: 'do' | 'undo',
  service: string,
  done: string | null,
): Operation {
  if (operations.length === 1) return operations[0];
  if (kind === 'do') return operations.find(({ name }) => !UNDOS.has(name)) ?? operations[0];
  const fitting = done === null ? [] : (findOperation(service, done)?.undoneBy ?? []);
  return (
    operations.find(({ name }) => fitting.includes(name)) ??
    operations.find(({ name }) => UNDOS.has(name)) ??
    operations[0]
  );
}

function routesOf(operations: readonly Operation[]): readonly Route[] {
  const routes = new Map<string, Route>();
  for (const operation of operations) {
    if (operation.http === null) continue;
    const { method, path } = operation.http;
    const known = routes.get(`${method} ${path}`);
    if (known) known.operations.push(operation);
    else {
      const segments = path.split('/').slice(1);
      routes.set(`${method} ${path}`, { method, segments, operations: [operation] });
    }
  }
  // Fixed paths before parameters: /tasks/batch is not the task named batch.
  return [...routes.values()].sort((a, b) => countParams(a) - countParams(b));
}

function countParams({ segments }: Route): number {
  return segments.filter(isParam).length;
}

function isParam(segment: string): boolean {
  return segment.startsWith('{');
}

function matches(candidate: Route, segments: readonly string[]): boolean {
  return (
    candidate.segments.length === segments.length &&
    candidate.segments.every((part, index) => isParam(part) || part === segments[index])
  );
}

function paramsOf(found: Route, segments: readonly string[]): Readonly<Record<string, string>> {
  const named = found.segments.flatMap((part, index): [string, string][] =>
    isParam(part) ? [[part.slice(1, -1), segments[index] ?? '']] : [],
  );
  return Object.fromEntries(named);
}

function decoded(path: string): readonly string[] | null {
  try {
    return path.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return null;
  }
}
