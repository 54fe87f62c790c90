import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { catalogueOfRegistry } from '#application/definitions/registry-catalogue.ts';
import { parseDefinition } from '#application/definitions/parse-definition.ts';
import { definitionRef } from '#domain/definition/definition.ts';
import type { ServiceCatalogue } from '#domain/definition/validation/draft.ts';
import { registry } from '#simulator/services.ts';

const USAGE = 'usage: definitions-check [FOLDER (default: definitions)] [--services REGISTRY.json]';

/**
 * Checks the definitions of a folder against a registry of services (SPEC 9's format; by default the simulator's).
 * Prints a line per problem, `file: /path message`, and exits 1; or how many definitions are ok.
 */
async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { services: { type: 'string' } },
  });
  if (positionals.length > 1) throw new Error(USAGE);
  const folder = positionals[0] ?? 'definitions';
  const catalogue = catalogueOfRegistry(await readRegistry(values.services));
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  if (files.length === 0) throw new Error(`there is no .json file in ${folder}`);

  const problems = await checkFiles(folder, files, catalogue);
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log(`${files.length} definitions ok`);
  return problems.length === 0 ? 0 : 1;
}

async function readRegistry(file: string | undefined): Promise<unknown> {
  // The address plays no part: only names are looked up.
  if (file === undefined) return registry('http://127.0.0.1');
  const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
  return parsed;
}

async function checkFiles(
  folder: string,
  files: readonly string[],
  catalogue: ServiceCatalogue,
): Promise<readonly string[]> {
  const problems: string[] = [];
  const fileOf = new Map<string, string>();
  for (const file of files) {
    const result = parseText(await readFile(join(folder, file), 'utf8'), catalogue);
    if (result.kind === 'invalid') {
      for (const { field, message } of result.problems)
        problems.push(`${file}: ${field} ${message}`);
      continue;
    }
    const reference = definitionRef(result.definition);
    const other = fileOf.get(reference);
    if (other === undefined) fileOf.set(reference, file);
    else problems.push(`${file}: /version ${reference} is in ${other} already`);
  }
  return problems;
}

function parseText(text: string, catalogue: ServiceCatalogue) {
  try {
    return parseDefinition(JSON.parse(text), catalogue);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: 'invalid', problems: [{ field: '', message: error.message }] } as const;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
