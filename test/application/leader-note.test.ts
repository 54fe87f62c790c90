import test from 'ava';
import { createMemoryStore } from '#adapters/memory/memory-store.ts';
import { createLeaderNote } from '#application/leader-note.ts';
import { StoreUnavailableError } from '#application/ports/errors.ts';

test('what a leader notes, the next one finds', async (t) => {
  const store = createMemoryStore();
  const first = createLeaderNote(store, 'n');
  t.is(await first.claimed(), null);
  t.true(await first.save('one'));
  t.is(await first.claimed(), 'one');
  t.is(await createLeaderNote(store, 'n').claimed(), 'one');
  t.is(await createLeaderNote(store, 'other').claimed(), null);
});

test('a leader whose note was claimed by another is refused once, and then knows what that one noted', async (t) => {
  const store = createMemoryStore();
  const [old, next] = [createLeaderNote(store, 'n'), createLeaderNote(store, 'n')];
  await old.save('old');
  await next.claimed();
  t.false(await old.save('older'));
  t.is(await store.readCursor('n'), 'old');
  t.is(await old.claimed(), 'old');
  t.true(await old.save('again'));
  t.false(await next.save('too late'));
});

test('what is there already is not written again', async (t) => {
  const memory = createMemoryStore();
  let saves = 0;
  const saveCursor: typeof memory.saveCursor = (name, fence, position) => {
    saves += 1;
    return memory.saveCursor(name, fence, position);
  };
  const note = createLeaderNote({ ...memory, saveCursor }, 'n');
  for (const text of ['a', 'a', 'b', 'b', 'a']) await note.save(text);
  t.is(saves, 3);
});

test('after a save of which nobody knows what became, the store is asked', async (t) => {
  const memory = createMemoryStore();
  let answers = false;
  const saveCursor: typeof memory.saveCursor = async (name, fence, position) => {
    const saved = await memory.saveCursor(name, fence, position);
    if (!answers) throw new StoreUnavailableError('the answer was lost');
    return saved;
  };
  const note = createLeaderNote({ ...memory, saveCursor }, 'n');
  await t.throwsAsync(note.save('lost answer'), { instanceOf: StoreUnavailableError });
  answers = true;
  t.is(await note.claimed(), 'lost answer');
  t.true(await note.save('next'));
});
