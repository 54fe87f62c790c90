import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ANY_SERVICE } from '#application/definition-catalog.ts';
import { parseDefinition } from '#application/definitions/parse-definition.ts';
import { undeliveredEvents } from '#application/definitions/undelivered-events.ts';
import type { StoredDefinition } from '#application/ports/workflow-store.ts';
import { ConfigFileError } from '#composition/config-file-error.ts';
import type { Engine } from '#composition/engine.ts';

type Parts = Pick<Engine, 'orchestration' | 'triggers' | 'registry' | 'logger'>;

/**
 * Saves the definitions of a folder (DEFINITIONS_DIR), so that every process knows the same ones. Events that they wait for and that no
 * trigger brings are told in the log: somebody may post them, or another process may have other triggers.
 * @throws ConfigFileError for a file that can't be read, is no definition, or has changed under an old version number
 */
export async function loadDefinitions(folder: string, parts: Parts): Promise<void> {
  const files = (await listFiles(folder)).filter((file) => file.endsWith('.json')).sort();
  for (const file of files) await loadFile(join(folder, file), parts);
}

async function loadFile(path: string, parts: Parts) {
  const { orchestration, logger } = parts;
  const result = await orchestration.saveDefinition(await readJson(path));
  switch (result.kind) {
    case 'saved':
      logger.info(
        `definition ${result.definition.definitionId}@${result.definition.version} saved`,
      );
      return warnOfUndelivered(result.definition, parts);
    case 'unchanged':
      return warnOfUndelivered(result.definition, parts);
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

function warnOfUndelivered({ source }: StoredDefinition, parts: Parts): void {
  const result = parseDefinition(source, ANY_SERVICE);
  if (result.kind === 'invalid') return;
  const { definitionId, version } = result.definition;
  for (const missing of undeliveredEvents(result.definition, parts.triggers, parts.registry)) {
    const { stepId, service, event } = missing;
    const message = `step ${stepId} of ${definitionId}@${version} waits for event ${event}, which no trigger of ${service} brings`;
    parts.logger.warn(message, { remedy: `TRIGGERS_FILE: a trigger with action step` });
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
