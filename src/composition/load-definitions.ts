import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Orchestration } from '#application/orchestration.ts';
import type { Logger } from '#application/ports/logger.ts';
import { ConfigFileError } from '#composition/config-file-error.ts';

/**
 * Saves the definitions of a folder (DEFINITIONS_DIR), so that every process knows the same ones.
 * @throws ConfigFileError for a file that can't be read, is no definition, or has changed under an old version number
 */
export async function loadDefinitions(
  folder: string,
  orchestration: Orchestration,
  logger: Logger,
): Promise<void> {
  const files = (await listFiles(folder)).filter((file) => file.endsWith('.json')).sort();
  for (const file of files) await loadFile(join(folder, file), orchestration, logger);
}

async function loadFile(path: string, orchestration: Orchestration, logger: Logger) {
  const result = await orchestration.saveDefinition(await readJson(path));
  switch (result.kind) {
    case 'saved':
      logger.info(
        `definition ${result.definition.definitionId}@${result.definition.version} saved`,
      );
      return;
    case 'unchanged':
      return;
    case 'conflict': {
      const { definitionId, version } = result;
      const fault = `${definitionId}@${version} is stored with other content: a version never changes, give the file a new one`;
      throw new ConfigFileError(path, [fault]);
    }
    case 'invalid':
      throw new ConfigFileError(
        path,
        result.problems.map(({ field, message }) => `${field} ${message}`),
      );
  }
}

async function listFiles(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigFileError(folder, [`DEFINITIONS_DIR can't be read: ${why}`]);
  }
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new ConfigFileError(path, [error instanceof Error ? error.message : String(error)]);
  }
}
