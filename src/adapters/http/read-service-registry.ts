import type { z } from 'zod';
import { servicesFile } from '#adapters/http/service-registry-schema.ts';
import {
  createService,
  createServiceRegistry,
  type ServiceRegistry,
} from '#adapters/http/service-registry.ts';
import type { FieldProblem } from '#application/orchestration.ts';
import { isJsonObject } from '#domain/json.ts';

export type RegistryResult =
  | { readonly kind: 'valid'; readonly registry: ServiceRegistry }
  /** All faults together; `field` is the path into the file, `services.inventory-service.instances.0`. */
  | { readonly kind: 'invalid'; readonly problems: readonly FieldProblem[] };

/**
 * Reads the service registry (SPEC 9) from parsed JSON.
 * @param source the content of SERVICES_FILE; untrusted
 */
export function readServiceRegistry(source: unknown): RegistryResult {
  const parsed = servicesFile.safeParse(source);
  const problems = [...(parsed.error?.issues ?? []).flatMap(faultsOf), ...nameFaults(source)];
  if (!parsed.success || problems.length > 0) return { kind: 'invalid', problems };
  const services = Object.entries(parsed.data.services).map(([name, config]) =>
    createService(name, config),
  );
  return { kind: 'valid', registry: createServiceRegistry(services) };
}

/** A field that is not known is named itself, not the object that holds it. */
function faultsOf(issue: z.core.$ZodIssue): readonly FieldProblem[] {
  const at = (...path: readonly PropertyKey[]) => path.map(String).join('.') || '(file)';
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        field: at(...issue.path, key),
        message: issue.message,
      }));
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ field: at(...issue.path), message }));
    default:
      return [{ field: at(...issue.path), message: issue.message }];
  }
}

/** Names and aliases that stand for two things, or can't stand for any. Reads the raw file, so that its other faults do not hide these. */
function nameFaults(source: unknown): FieldProblem[] {
  if (!isJsonObject(source) || !isJsonObject(source['services'])) return [];
  const services = source['services'];
  const owners = new Map(Object.keys(services).map((name) => [name, `the service ${name}`]));
  const problems: FieldProblem[] = [];
  // zod passes over a key of this name without a word.
  if (owners.has('__proto__')) {
    problems.push({ field: 'services.__proto__', message: 'is no name of a service' });
  }
  for (const [name, service] of Object.entries(services)) {
    const aliases = isJsonObject(service) ? service['aliases'] : undefined;
    if (!Array.isArray(aliases)) continue;
    for (const [index, alias] of aliases.entries()) {
      if (typeof alias !== 'string') continue;
      const owner = owners.get(alias);
      if (owner === undefined) {
        owners.set(alias, `an alias of ${name}`);
        continue;
      }
      const field = `services.${name}.aliases.${index}`;
      problems.push({ field, message: `${alias} is already ${owner}` });
    }
  }
  return problems;
}
