import { holds } from '#domain/definition/condition.ts';
import type { WorkflowDefinition } from '#domain/definition/definition.ts';
import type { Scope } from '#domain/definition/mapping.ts';

/** A service that takes no calls now. */
export type ClosedService = {
  readonly serviceName: string;
  /** In a word or two, for people: its breaker is open, it is overloaded. */
  readonly why: string;
  /** epoch ms */
  readonly since: number;
  /** When it may take calls again, epoch ms; null: nobody knows. */
  readonly until: number | null;
};

/**
 * The services without which an order can not be done: those of its steps that are not optional and whose condition, if they have
 * one, holds for what the order was started with. A condition on the outcome of an earlier step does not hold yet: what may never be
 * needed holds nobody up.
 * @param scope input and context of the workflow
 */
export function neededServices({ steps }: WorkflowDefinition, scope: Scope): ReadonlySet<string> {
  const needed = new Set<string>();
  for (const step of steps) {
    if (step.kind !== 'call' || step.optional) continue;
    if (step.condition === null || holds(step.condition, scope)) needed.add(step.serviceName);
  }
  return needed;
}

/**
 * The service for which an order is kept back, so that no half-done orders pile up on the dock.
 * @returns of several that are closed the one that stays so longest; null: all that it needs is open
 */
export function holdingService(
  needed: ReadonlySet<string>,
  closed: readonly ClosedService[],
): ClosedService | null {
  const longest = (service: ClosedService) => service.until ?? Infinity;
  return closed
    .filter(({ serviceName }) => needed.has(serviceName))
    .reduce<ClosedService | null>(
      (worst, service) => (worst === null || longest(service) > longest(worst) ? service : worst),
      null,
    );
}
