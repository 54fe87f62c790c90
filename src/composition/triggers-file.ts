import { readFile } from 'node:fs/promises';
import { readTriggers } from '#application/inbound/read-triggers.ts';
import type { Triggers } from '#application/inbound/trigger.ts';
import { ConfigFileError } from '#composition/config-file-error.ts';

/**
 * What happens on which event (TRIGGERS_FILE).
 * @throws ConfigFileError that names every fault
 */
export async function readTriggersFile(path: string): Promise<Triggers> {
  const result = readTriggers(await readJson(path));
  if (result.kind === 'valid') return result.triggers;
  throw new ConfigFileError(path, result.faults);
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigFileError(path, [`TRIGGERS_FILE can't be read: ${why}`]);
  }
}
