import test from 'ava';
import { check } from './check.ts';
import { evidenceOf } from './evidence-of.ts';
import { COMPENSATED, COMPLETED } from './spoiled-evidence.ts';

for (const story of [COMPLETED, COMPENSATED]) {
  test(`against a workflow that ended ${story.ending} nothing is found`, (t) => {
    t.deepEqual(check(evidenceOf(story)), []);
  });
}
