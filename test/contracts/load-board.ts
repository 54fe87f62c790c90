import test, { type ExecutionContext } from 'ava';
import {
  currentView,
  HEARTBEAT_STALE_MS,
  serviceLoad,
  type LoadBoard,
} from '#application/ports/load-board.ts';
import type { FakeClock } from '#test/support/fake-clock.ts';
import { heartbeatOf, loadViewOf, serviceLoadOf } from '#test/support/load-figures.ts';

/**
 * Registers the tests that every LoadBoard must pass.
 * @param open makes the board of a new process on one shared medium, which is empty and whose clock the test moves
 */
export function loadBoardContract(
  name: string,
  open: (t: ExecutionContext) => Promise<{ board: LoadBoard; clock: FakeClock }>,
): void {
  test(`${name}: an empty board knows nothing`, async (t) => {
    const { board } = await open(t);
    t.is(await board.view(), null);
    t.deepEqual(await board.heartbeats(), []);
  });

  test(`${name}: heartbeats are read as they were written, the latest of each process`, async (t) => {
    const { board, clock } = await open(t);
    const [a, b] = [heartbeatOf('a', clock.now()), heartbeatOf('b', clock.now())];
    t.is(await board.beat(b), 'heard');
    t.is(await board.beat({ ...a, name: 'older' }), 'heard');
    t.is(await board.beat(a), 'heard');
    t.deepEqual(await board.heartbeats(), [a, b]);
  });

  test(`${name}: a process that is silent, or that left, is not shown`, async (t) => {
    const { board, clock } = await open(t);
    await board.beat(heartbeatOf('dead', clock.now()));
    await board.beat(heartbeatOf('left', clock.now() + HEARTBEAT_STALE_MS));
    clock.move(HEARTBEAT_STALE_MS);
    t.is((await board.heartbeats()).length, 2, 'not yet');
    clock.move(1);
    await board.leave('left');
    t.deepEqual(await board.heartbeats(), []);
  });

  test(`${name}: a heartbeat from the future is not believed`, async (t) => {
    const { board, clock } = await open(t);
    await board.beat(heartbeatOf('ahead', clock.now() + HEARTBEAT_STALE_MS + 1));
    t.deepEqual(await board.heartbeats(), []);
  });

  test(`${name}: requests are taken once, in their order, unless whoever asked has given up`, async (t) => {
    const { board, clock } = await open(t);
    const request = { id: 'a', targetUtilization: 0.5, at: clock.now() };
    const later = { id: 'b', targetUtilization: null, at: clock.now() + 1 };
    t.true(await board.request(request));
    t.true(await board.request(later));
    t.deepEqual(await board.takeRequests(), [request, later]);
    t.deepEqual(await board.takeRequests(), []);
    await board.request(request);
    await board.request(later);
    clock.move(15_001);
    t.deepEqual(await board.takeRequests(), [later]);
  });

  test(`${name}: the view is read as it was published, however old; what is current is another question`, async (t) => {
    const { board, clock } = await open(t);
    const view = loadViewOf(clock.now(), [serviceLoadOf('picking-service')]);
    await board.publish(loadViewOf(clock.now() - 5, []), 1);
    await board.publish(view, 1);
    t.deepEqual(await board.view(), view);
    t.deepEqual(currentView(view, clock.now()), view);
    t.deepEqual(serviceLoad(view, 'picking-service', clock.now()), view.services[0] ?? null);
    t.is(serviceLoad(view, 'packing-service', clock.now()), null);
    clock.move(15_001);
    t.deepEqual(await board.view(), view);
    t.is(currentView(view, clock.now()), null);
    t.is(serviceLoad(view, 'picking-service', clock.now()), null);
    t.is(currentView(view, view.at - 15_001), null, 'nor one from the future');
  });

  test(`${name}: a monitor that leads no more is refused, and the view of its successor stands`, async (t) => {
    const { board, clock } = await open(t);
    const [old, next] = [loadViewOf(clock.now(), []), loadViewOf(clock.now() + 5, [])];
    t.true(await board.publish(old, 7));
    t.true(await board.publish(next, 8));
    t.false(await board.publish(old, 7));
    t.deepEqual(await board.view(), next);
    t.true(await board.publish(old, 8), 'a leader publishes as often as it likes');
  });
}
