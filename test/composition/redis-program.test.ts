import test from 'ava';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MissingPieceError } from '#composition/missing-piece.ts';
import { answers, machine, redisServer } from '#test/support/machine.ts';
import { until } from '#test/support/until.ts';

/** A fake docker: `run` puts a real server where the container would be and prints a name; `stop` ends it. */
const FAKE_DOCKER = `
  here=$(dirname "$0")/..
  case "$1" in
    version) echo 28.0 ;;
    run) echo "$@" > "$here/arguments"
      while [ "$1" != --publish ]; do shift; done
      port=$(echo "$2" | cut -d: -f2)
      ${redisServer} --port "$port" --save '' --daemonize yes --pidfile "$here/pid" > "$here/log"
      echo container-1 ;;
    stop) echo "$@" > "$here/stopped"; kill "$(cat "$here/pid")" ;;
  esac`;

/** A fake apt-get that notes what it is asked, and what Debian's policy says at that time. */
function fakeAptGet(install: string) {
  return {
    fake: `
      here=$(dirname "$0"); echo "$@" >> "$here/../apt.log"
      cat "$here/../policy-rc.d" >> "$here/../policy.log"
      case "$*" in *install*) ${install} ;; esac`,
  };
}
/** Installs by linking the real program into the PATH. */
const LINK = `ln -s ${redisServer} "$here/redis-server"`;

test('without a program, a container is used where a docker engine runs, and stopped at the end', async (t) => {
  const { folder, start } = await machine(t, { docker: { fake: FAKE_DOCKER } });
  const server = await start();
  t.is(server.how, 'container');
  t.true(await answers(server.url));
  const command = await readFile(join(folder, 'arguments'), 'utf8');
  t.regex(command, /--publish 127\.0\.0\.1:\d+:6379 .*redis:8 redis-server --appendonly yes/);
  await server.stop();
  await until(async () => !(await answers(server.url)));
  t.regex(await readFile(join(folder, 'stopped'), 'utf8'), /container-1/);
});

test('as root on Debian the package is installed, says so, and its service is kept from starting', async (t) => {
  const { folder, logger, surroundings, start } = await machine(t, {
    // a client without an engine
    docker: { fake: 'echo "Cannot connect to the Docker daemon" >&2; exit 1' },
    'apt-get': fakeAptGet(LINK),
  });
  const server = await start();
  t.is(server.how, 'started');
  const log = (await readFile(join(folder, 'apt.log'), 'utf8')).split('\n');
  t.regex(log[0] ?? '', /^update/);
  t.regex(log[1] ?? '', /^install -y .*redis-server$/);
  t.regex(await readFile(join(folder, 'policy.log'), 'utf8'), /exit 101/);
  t.false(existsSync(surroundings.policyFile));
  t.true(
    logger.lines.some(({ level, message }) => level === 'warn' && /installing it/.test(message)),
  );
});

test('a policy that was there before stays as it was', async (t) => {
  const { surroundings, start } = await machine(t, {
    'apt-get': fakeAptGet(LINK),
  });
  await writeFile(surroundings.policyFile, 'theirs');
  await start();
  t.is(await readFile(surroundings.policyFile, 'utf8'), 'theirs');
});

for (const [why, programs, mayInstall] of [
  ['nothing at all', {}, true],
  ['apt-get, but no right to use it', { 'apt-get': fakeAptGet('exit 0') }, false],
  ['apt-get that fails', { 'apt-get': fakeAptGet('exit 100') }, true],
  ['apt-get that installs nothing', { 'apt-get': fakeAptGet('exit 0') }, true],
] as const) {
  test(`with ${why} the error names the one command to type`, async (t) => {
    const { surroundings, start } = await machine(t, programs);
    const policyFile = mayInstall ? surroundings.policyFile : null;
    const error = await t.throwsAsync(
      () => start({ surroundings: { ...surroundings, policyFile } }),
      {
        instanceOf: MissingPieceError,
      },
    );
    t.regex(error.message, /^No Redis: .*Type: \S+/);
    t.notRegex(error.message, /\n/);
  });
}
