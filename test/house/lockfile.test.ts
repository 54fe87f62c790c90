import test from 'ava';
import { readFile } from 'node:fs/promises';
import { lockSchema, missingPlatforms } from '../../scripts/checks/lockfile.ts';

test('the lock holds every platform of every tool, or npm ci refuses it (npm run lockfile repairs it)', async (t) => {
  const lock = lockSchema.parse(JSON.parse(await readFile('package-lock.json', 'utf8')));
  t.deepEqual([...missingPlatforms(lock).keys()], []);
});

test('a missing platform is told from the name, and is as much a tool as what needs it', (t) => {
  const missing = missingPlatforms({
    packages: {
      'node_modules/tool': {
        dev: true,
        optionalDependencies: {
          '@tool/linux-x64-musl': '1.0.0',
          '@tool/core-linux-arm-gnueabihf': '1.0.0',
          '@tool/core-win32-ia32-msvc': '1.0.0',
          '@tool/darwin-arm64': '1.0.0',
          '@tool/present': '1.0.0',
        },
      },
      'node_modules/@tool/present': {},
      'node_modules/library': { optionalDependencies: { 'fast-linux-x64': '2.0.0' } },
    },
  });
  const tool = { version: '1.0.0', dev: true, optional: true };
  t.deepEqual(Object.fromEntries(missing), {
    'node_modules/@tool/linux-x64-musl': { ...tool, cpu: ['x64'], os: ['linux'], libc: ['musl'] },
    'node_modules/@tool/core-linux-arm-gnueabihf': {
      ...tool,
      cpu: ['arm'],
      os: ['linux'],
      libc: ['glibc'],
    },
    'node_modules/@tool/core-win32-ia32-msvc': { ...tool, cpu: ['ia32'], os: ['win32'] },
    'node_modules/@tool/darwin-arm64': { ...tool, cpu: ['arm64'], os: ['darwin'] },
    'node_modules/fast-linux-x64': {
      version: '2.0.0',
      optional: true,
      cpu: ['x64'],
      os: ['linux'],
    },
  });
});

test('a name without a platform is an error, not a wrong entry', (t) => {
  const packages = { 'node_modules/tool': { optionalDependencies: { helper: '1.0.0' } } };
  t.throws(() => missingPlatforms({ packages }), { message: /no platform in the name helper/ });
});
