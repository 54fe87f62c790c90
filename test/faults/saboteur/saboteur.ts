import { armCalls } from './calls.ts';
import { armClock } from './clock.ts';
import { armKafka } from './kafka.ts';
import { armStoreBound } from './store-bound.ts';

/*
 * Faults that can't be caused from outside a process: dying at a certain line, a wall clock that jumps, a full disk.
 *
 * 1. The product has no switch for them. A process errs only because the harness started it with `node --import` of this module
 *    (`settingsOf`), which is in no image of ours and which nothing in src, queues or workers may import (npm run boundaries).
 * 2. Each fault is armed by a file in the folder that WES_SABOTAGE names, at any time, and disarmed by its removal.
 * 3. A fault only happens to the process: what it patches are the parts of node and undici that the engine stands on.
 *
 * `die-before.<stepId>:<do|undo>`  kill -9 of a process that is about to call a service for that step, each time
 * `die-after.<stepId>:<do|undo>`   kill -9 once a 2xx has come in whole, before any line of the engine's has seen its end;
 *                                  whoever dies takes the file along
 * `die-before.produce`, `die-before.offset-commit`   kill -9 of a process that is about to send that to Kafka; it takes the file along
 * `die-after.produce`, `die-after.offset-commit`     kill -9 when Kafka has answered, before any line of ours has read it
 * `die-before.cursor-save`, `die-before.inbound-record`   kill -9 of a process that is about to write that down
 * `clock-offset-ms`                the wall clock is off by that much
 * `store-pages`                    SQLite files may have so many pages
 */

const folder = process.env['WES_SABOTAGE'];
if (folder === undefined) throw new Error('WES_SABOTAGE must name the folder of the faults');
armCalls(folder);
armClock(folder);
armKafka(folder);
armStoreBound(folder);
