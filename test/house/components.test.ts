import { existsSync, readFileSync } from 'node:fs';
import test from 'ava';

const table = readFileSync('docs/components.md', 'utf8');
const rows = table
  .split('\n')
  .filter((line) => /^\| [A-Z]/.test(line) && !line.startsWith('| Component'));

test('every file that the component table names exists', (t) => {
  const named = [...table.matchAll(/`((?:src|test|bench|workers|queues)\/[^`]+\.ts)`/g)].map(
    ([, file]) => String(file),
  );
  t.true(named.length > 60, `only ${named.length} files are named`);
  t.deepEqual(
    named.filter((file) => !existsSync(file)),
    [],
  );
});

test('every component has a file, or says that it is not yet there', (t) => {
  t.true(rows.length > 50, `only ${rows.length} components`);
  t.deepEqual(
    rows.filter((row) => !row.includes('`') && !row.includes('not yet')),
    [],
  );
});
