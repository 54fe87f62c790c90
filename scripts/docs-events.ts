import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { asyncApi, eventJsonSchemas } from '#application/events/async-api.ts';
import { engineVersion } from '#composition/engine.ts';

/*
 * npm run docs:events [-- --check]: writes docs/events anew, from the same schemas that the tests hold events against.
 * --check: writes nothing, and fails where what is there is not what would be written.
 */

const FOLDER = join('docs', 'events');

const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values;
const files = await wanted();
await mkdir(FOLDER, { recursive: true });
const present = (await readdir(FOLDER)).filter((name) => name.endsWith('.json'));
if (check) {
  const stale: string[] = present.filter((name) => !files.has(name));
  for (const [name, text] of files) if (text !== (await textOf(name))) stale.push(name);
  if (stale.length > 0) {
    console.error(`Not as the schemas say: ${stale.join(', ')}. Type: npm run docs:events`);
    process.exitCode = 1;
  }
} else {
  for (const name of present) if (!files.has(name)) await rm(join(FOLDER, name));
  for (const [name, text] of files) await writeFile(join(FOLDER, name), text);
  console.log(`${files.size} files in ${FOLDER}`);
}

/** The text of each file, by its name. */
async function wanted(): Promise<ReadonlyMap<string, string>> {
  const documents = [...eventJsonSchemas(), ['asyncapi.json', asyncApi(engineVersion())] as const];
  const texts = documents.map(
    async ([name, document]) =>
      [name, await format(JSON.stringify(document), { parser: 'json' })] as const,
  );
  return new Map(await Promise.all(texts));
}

async function textOf(name: string): Promise<string | null> {
  return await readFile(join(FOLDER, name), 'utf8').catch(() => null);
}
