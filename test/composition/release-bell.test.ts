import test from 'ava';
import { createBell } from '#composition/release-bell.ts';

const NEVER = new AbortController().signal;
const LONG_MS = 60_000;

test('a bell wakes whoever waits for it', async (t) => {
  const bell = createBell();
  const heard = bell.heard(LONG_MS, NEVER);
  bell.ring();
  t.deepEqual(await heard, { rang: true, urgentLanes: [] });
});

test('what rang while nobody listened is heard at once, each lane once, and then no more', async (t) => {
  const bell = createBell();
  for (const lane of ['A', 'B', 'A']) bell.ringUrgent(lane);
  t.deepEqual(await bell.heard(LONG_MS, NEVER), { rang: false, urgentLanes: ['A', 'B'] });
  t.deepEqual(await bell.heard(1, NEVER), { rang: false, urgentLanes: [] });
});

test('who stops does not wait on', async (t) => {
  const stopping = new AbortController();
  const heard = createBell().heard(LONG_MS, stopping.signal);
  stopping.abort();
  t.deepEqual(await heard, { rang: false, urgentLanes: [] });
});
