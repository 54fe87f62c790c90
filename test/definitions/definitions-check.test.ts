import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import type { Json } from '#domain/json.ts';
import { authored, authoredStep } from '#test/application/definitions/authored.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SCRIPT = join(ROOT, 'scripts/definitions-check.ts');
const REGISTRY = { services: { stock: { instances: ['http://x'], operations: ['reserve'] } } };

type Outcome = { readonly code: number; readonly out: string; readonly err: string };

function check(...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...args], { cwd: ROOT }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out: out.trim(), err: err.trim() });
    });
  });
}

/** A folder with these files, gone after the test. */
async function folderOf(t: ExecutionContext, files: Readonly<Record<string, Json>>) {
  const folder = await mkdtemp(join(tmpdir(), 'definitions-'));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(join(folder, name), text);
  }
  return folder;
}

test('the shipped definitions are in order with the simulator', async (t) => {
  const { code, out } = await check();
  t.is(code, 0);
  t.is(out, '10 definitions ok');
});

test('every problem of every file is a line with file, place and message', async (t) => {
  const folder = await folderOf(t, {
    'bad.json': authored([authoredStep('a', { operation: 'steal', pivot: 1 })]),
    'good.json': authored([authoredStep('a')]),
    'torn.json': '{"definitionId":',
    'notes.txt': 'not looked at',
    'registry.txt': REGISTRY,
  });
  const { code, out, err } = await check(folder, '--services', join(folder, 'registry.txt'));
  t.is(code, 1);
  t.is(out, '');
  const lines = err.split('\n');
  t.deepEqual(lines.slice(0, 2), [
    'bad.json: /steps/0/pivot must be of type boolean',
    'bad.json: /steps/0/operation unknown operation "steal" of this service',
  ]);
  t.regex(lines[2] ?? '', /^torn\.json: .*JSON/);
  t.is(lines.length, 3);
});

test('two files of one definition and version are a problem', async (t) => {
  const folder = await folderOf(t, {
    'a.json': authored([authoredStep('a')]),
    'b.json': authored([authoredStep('a')]),
    'registry.txt': REGISTRY,
  });
  const { code, err } = await check(folder, '--services', join(folder, 'registry.txt'));
  t.is(code, 1);
  t.is(err, 'b.json: /version sample@1 is in a.json already');
});

test('a folder that is not there, or holds nothing, is told', async (t) => {
  const folder = await folderOf(t, {});
  for (const args of [[join(folder, 'none')], [folder], [folder, folder]]) {
    const { code, err } = await check(...args);
    t.is(code, 1);
    t.not(err, '');
  }
});
