import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Installs Debian's redis-server without starting its service: we want the program, not a second server.
 * @param policyFile Debian asks this script before it starts a service (101: don't); one that is there is left alone
 * @throws Error of apt-get, with its words
 */
export async function installRedisPackage(aptGet: string, policyFile: string): Promise<void> {
  const ours = await writeFile(policyFile, '#!/bin/sh\nexit 101\n', { flag: 'wx', mode: 0o755 })
    .then(() => true)
    .catch(() => false);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Several processes may come here at once: each waits for the lock of the other.
  const wait = ['-o', 'DPkg::Lock::Timeout=120'];
  try {
    await run(aptGet, ['update', '-q', ...wait], { env });
    await run(aptGet, ['install', '-y', '--no-install-recommends', ...wait, 'redis-server'], {
      env,
    });
  } finally {
    if (ours) await rm(policyFile, { force: true });
  }
}
