import { readFile, writeFile } from 'node:fs/promises';
import { lockSchema, missingPlatforms } from './checks/lockfile.ts';

/* npm run lockfile, after `npm install`: adds the platforms that the registry at hand does not have (see checks/lockfile.ts). */

const lock = lockSchema.parse(JSON.parse(await readFile('package-lock.json', 'utf8')));
const missing = missingPlatforms(lock);
const packages = { ...lock.packages, ...Object.fromEntries(missing) };
await writeFile('package-lock.json', JSON.stringify({ ...lock, packages }, null, 2));
console.log(`${missing.size} platform packages added to package-lock.json`);
