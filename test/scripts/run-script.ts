import { execFile } from 'node:child_process';

export type ScriptEnd = { readonly status: number; readonly out: string; readonly err: string };

/** Runs a script of ours to its end. @param args the file, and its arguments */
export async function runScript(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ScriptEnd> {
  const { PATH = '', HOME = '', NODE_V8_COVERAGE = '' } = process.env;
  const inherited = { PATH, HOME, ...(NODE_V8_COVERAGE && { NODE_V8_COVERAGE }) };
  const file = process.execPath;
  const all = ['--disable-warning=ExperimentalWarning', ...args];
  return await new Promise((resolve) => {
    const child = execFile(file, all, { env: { ...inherited, ...env } }, (_error, out, err) =>
      resolve({ status: child.exitCode ?? -1, out, err }),
    );
  });
}
