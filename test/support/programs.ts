import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder, in the system's or in another one, that goes with the test. */
export async function temporaryFolder(
  t: { teardown(f: () => Promise<void>): void },
  parent = tmpdir(),
): Promise<string> {
  const folder = await mkdtemp(join(parent, 'wes-test-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Makes a PATH of one folder that holds only these: real programs by their file, fakes by the text of a shell script. */
export async function pathWith(
  folder: string,
  programs: Readonly<Record<string, { readonly file: string } | { readonly fake: string }>>,
): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  for (const [name, program] of Object.entries(programs)) {
    const target = join(bin, name);
    if ('file' in program) {
      await symlink(program.file, target);
      continue;
    }
    // Written by another process: a file that we hold open for writing while some other test starts a program can't be
    // executed for that moment ("text file busy").
    execFileSync('/bin/sh', ['-c', 'cat > "$0" && chmod +x "$0"', target], {
      input: `#!/bin/sh\n${program.fake}\n`,
    });
  }
  return bin;
}
