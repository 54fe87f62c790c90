/** What the graph needs to know of a step. Dependencies that name no step of the graph are ignored here. */
export type GraphStep = { readonly stepId: string; readonly dependencies: readonly string[] };

/** step id -> ids of the steps it depends on directly */
export type Dependencies = ReadonlyMap<string, readonly string[]>;

/**
 * Every step after those it depends on, otherwise in the order given.
 * `cycles`: where that is impossible, what stands in the way: each a list of steps of which each depends on the next and the last
 * on the first. Steps of a cycle, and those behind one, are not in `order`.
 */
export type DependencyOrder = {
  readonly order: readonly string[];
  readonly cycles: readonly (readonly string[])[];
};

/** The direct dependencies of each step, each once, unknown ones left out. Of several steps of one id the first counts. */
export function dependenciesOf(steps: readonly GraphStep[]): Dependencies {
  const known = new Set(steps.map((step) => step.stepId));
  const dependencies = new Map<string, readonly string[]>();
  for (const step of steps) {
    if (dependencies.has(step.stepId)) continue;
    dependencies.set(
      step.stepId,
      [...new Set(step.dependencies)].filter((id) => known.has(id)),
    );
  }
  return dependencies;
}

/** The steps that depend directly on each step, in the order of the definition. */
export function dependentsOf(dependencies: Dependencies): Dependencies {
  const dependents = new Map<string, string[]>();
  for (const stepId of dependencies.keys()) dependents.set(stepId, []);
  for (const [stepId, needed] of dependencies) {
    for (const id of needed) dependents.get(id)?.push(stepId);
  }
  return dependents;
}

/** All steps that end before a step with these direct dependencies begins: they and theirs. Linear, without recursion. */
export function ancestorsOf(
  dependencies: Dependencies,
  direct: readonly string[],
): ReadonlySet<string> {
  const ancestors = new Set<string>();
  const open = [...direct];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const further = dependencies.get(id);
    if (further === undefined || ancestors.has(id)) continue;
    ancestors.add(id);
    for (const next of further) open.push(next);
  }
  return ancestors;
}

/** Sorts the steps by dependency (Kahn), in time linear in steps and dependencies, without recursion. */
export function dependencyOrder(dependencies: Dependencies): DependencyOrder {
  const dependents = dependentsOf(dependencies);
  const waitsFor = new Map<string, number>();
  for (const [stepId, needed] of dependencies) waitsFor.set(stepId, needed.length);

  const order = [...dependencies.keys()].filter((stepId) => waitsFor.get(stepId) === 0);
  // The array grows while it is walked: it is the queue and the result.
  for (const stepId of order) {
    for (const dependent of dependents.get(stepId) ?? []) {
      const left = (waitsFor.get(dependent) ?? 0) - 1;
      waitsFor.set(dependent, left);
      if (left === 0) order.push(dependent);
    }
  }
  return { order, cycles: findCycles(dependencies, new Set(order)) };
}

/**
 * Cycles among the steps that could not be sorted. Each of them has a dependency that could not be sorted either, so following
 * the first such one must come back to where it has been. Each step is walked over once; a knot of several cycles shows one.
 */
function findCycles(
  dependencies: Dependencies,
  sorted: ReadonlySet<string>,
): readonly (readonly string[])[] {
  const cycles: (readonly string[])[] = [];
  const walked = new Set<string>();
  for (const start of dependencies.keys()) {
    if (sorted.has(start)) continue;
    const positions = new Map<string, number>();
    let at: string | undefined = start;
    while (at !== undefined && !walked.has(at)) {
      walked.add(at);
      positions.set(at, positions.size);
      at = dependencies.get(at)?.find((id) => !sorted.has(id));
    }
    const entry = at === undefined ? undefined : positions.get(at);
    if (entry !== undefined) cycles.push([...positions.keys()].slice(entry));
  }
  return cycles;
}
