import test from 'ava';
import { warmUpCalls } from '#adapters/http/warm-up.ts';
import { until } from '#test/support/until.ts';

test('a warm-up ends soon, and leaves no server and no connection behind', async (t) => {
  const sockets = () =>
    process.getActiveResourcesInfo().filter((resource) => /^(TCP|Pipe)S/.test(resource)).length;
  const before = sockets();
  await warmUpCalls();
  await until(() => sockets() <= before);
  t.pass();
});
