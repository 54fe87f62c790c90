import { z } from 'zod';

/** Of SPEC 9's registry only what definitions refer to; what else it holds is for those who call. */
const registrySchema = z.object({
  services: z.record(
    z.string(),
    z.object({
      aliases: z.array(z.string()).default([]),
      operations: z.array(z.string()).optional(),
    }),
  ),
});

/**
 * The names that definitions may use, from a service registry (SPEC 9): each service under its name and its aliases. One that
 * lists no `operations` may be asked for any.
 * @throws ZodError for anything but a registry
 */
export function catalogueOfRegistry(
  registry: unknown,
): ReadonlyMap<string, { readonly operations: ReadonlySet<string> | null }> {
  const { services } = registrySchema.parse(registry);
  return new Map(
    Object.entries(services).flatMap(([name, { aliases, operations }]) => {
      const entry = { operations: operations === undefined ? null : new Set(operations) };
      return [name, ...aliases].map((spelling) => [spelling, entry] as const);
    }),
  );
}
