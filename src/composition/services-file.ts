import { readFile } from 'node:fs/promises';
import { readServiceRegistry } from '#adapters/http/read-service-registry.ts';
import type { ServiceRegistry } from '#adapters/http/service-registry.ts';
import { ConfigFileError } from '#composition/config-file-error.ts';
import { registry as simulatorRegistry } from '#simulator/services.ts';

/** Where `npm run simulator` answers by default. */
export const SIMULATOR_URL = 'http://127.0.0.1:8090';

/**
 * The registry of services (SPEC 9), or the simulator's where no file is given.
 * @throws ConfigFileError that names every fault
 */
export async function readServicesFile(path: string | null): Promise<ServiceRegistry> {
  const source = path === null ? simulatorRegistry(SIMULATOR_URL) : await readJson(path);
  const result = readServiceRegistry(source);
  if (result.kind === 'valid') return result.registry;
  const faults = result.problems.map(({ field, message }) => `${field}: ${message}`);
  throw new ConfigFileError(path ?? 'registry of the simulator', faults);
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigFileError(path, [`SERVICES_FILE can't be read: ${why}`]);
  }
}
