import { z } from 'zod';

/*
 * Tools written in other languages come as one package a platform, all of them optional dependencies. npm leaves those
 * out of package-lock.json that the registry at hand does not have (a mirror may hold Linux only), and then `npm ci`
 * refuses the lock everywhere. What belongs there can be told from the name: `@scope/tool-linux-arm64-musl`.
 */

const packageSchema = z.looseObject({
  version: z.string().optional(),
  dev: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});

export const lockSchema = z.looseObject({ packages: z.record(z.string(), packageSchema) });
type Lock = z.infer<typeof lockSchema>;

/** An entry as npm writes it, less the digest, which only its registry knows. Nothing is fetched on other platforms. */
type Entry = {
  readonly version: string;
  readonly cpu: readonly string[];
  readonly os: readonly string[];
  readonly libc?: readonly string[];
  readonly dev?: true;
  readonly optional: true;
};

/** @returns what is missing of a lock, by its place under node_modules */
export function missingPlatforms(lock: Lock): ReadonlyMap<string, Entry> {
  const missing = new Map<string, Entry>();
  for (const { dev, optionalDependencies = {} } of Object.values(lock.packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const place = `node_modules/${name}`;
      if (place in lock.packages) continue;
      missing.set(place, { version, ...platformOf(name), ...(dev && { dev }), optional: true });
    }
  }
  return missing;
}

const SYSTEMS = /[-/](aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)-/;
const LIBC = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' } as const;

/** @throws Error for a name that does not end in a platform */
function platformOf(name: string): Pick<Entry, 'cpu' | 'os' | 'libc'> {
  const [, os] = SYSTEMS.exec(name) ?? [];
  const [cpu, abi = ''] = os === undefined ? [] : (name.split(`${os}-`).at(-1) ?? '').split('-');
  if (os === undefined || cpu === undefined) throw new Error(`no platform in the name ${name}`);
  const libc = Object.entries(LIBC).find(([suffix]) => suffix === abi)?.[1];
  return { cpu: [cpu], os: [os], ...(os === 'linux' && libc && { libc: [libc] }) };
}
