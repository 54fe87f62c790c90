import test from 'ava';
import { check } from './check.ts';
import { evidenceOf } from './evidence-of.ts';
import type { Evidence } from './evidence.ts';
import { answer, changeStart, COMPLETED, finds } from './spoiled-evidence.ts';

const anotherStart = { key: 'start-2', correlationId: 'ORD-2', ending: 'COMPLETED' } as const;

test('an accepted workflow that the API does not list is lost', (t) => {
  finds(t, 'lost', /it is gone/, COMPLETED, (sound) => ({ ...sound, served: [] }));
});

test('an accepted workflow that the store does not have is lost', (t) => {
  finds(t, 'lost', /it is gone/, COMPLETED, (sound) => ({ ...sound, stored: new Map() }));
});

test('two workflows under one key are one too many', (t) => {
  const answers = [answer, { ...answer, workflowId: 'another' }];
  finds(t, 'doubled', /one key/, COMPLETED, changeStart({ answers }));
});

test('a second workflow of one start is found although nobody was told of it', (t) => {
  finds(t, 'doubled', /one key/, COMPLETED, (sound) => ({
    ...sound,
    served: sound.served.flatMap((one) => [one, { ...one, id: 'another' }]),
  }));
});

const unavailable = { status: 503, workflowId: null, tookMs: 1 };

test('a start that was refused must not exist', (t) => {
  finds(t, 'wrong', /refused with 503/, COMPLETED, changeStart({ answers: [unavailable] }));
});

test('a start that was refused for ever is found, unless it was sent only once', (t) => {
  const refusedAll =
    (insisted: boolean) =>
    (sound: Evidence): Evidence => ({
      ...sound,
      starts: [...sound.starts, { ...anotherStart, insisted, answers: [unavailable, unavailable] }],
    });
  finds(t, 'wrong', /never accepted, but answered 503, 503/, COMPLETED, refusedAll(true));
  t.deepEqual(check(refusedAll(false)(evidenceOf(COMPLETED))), []);
});

test('an answer that blames the engine itself is found, whatever came after it', (t) => {
  const answers = [{ ...unavailable, status: 500 }, answer];
  finds(t, 'wrong', /answered 500, 201/, COMPLETED, changeStart({ answers }));
});

test('a start that was never answered may exist', (t) => {
  const answers = [{ status: null, workflowId: null, tookMs: 1 }];
  const unanswered = changeStart({ insisted: false, answers })(evidenceOf(COMPLETED));
  t.deepEqual(check(unanswered), []);
});
