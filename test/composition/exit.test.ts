import test from 'ava';
import { spawnSync } from 'node:child_process';

/** Runs an expression on the functions of exit.ts in a process of its own. */
function inProcess(expression: string, env: Record<string, string> = {}) {
  const script = `
    import { configOrExit, exitFailed } from '#composition/exit.ts';
    import { ConfigFileError } from '#composition/config-file-error.ts';
    import { StoreUnavailableError } from '#application/ports/errors.ts';
    import { MissingPieceError } from '#composition/missing-piece.ts';
    ${expression};
    console.log('came back');`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { env: { ...process.env, ...env }, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

test('faulty settings are all printed, and the exit status is 78', (t) => {
  t.deepEqual(inProcess('configOrExit()', { PORT: 'x', LOG_LEVEL: 'loud' }), {
    status: 78,
    stdout: '',
    stderr:
      'PORT: must be a whole number, 0 to 65535, not "x"\n' +
      'LOG_LEVEL: must be one of error, warn, info, debug, not "loud"\n',
  });
});

test('good settings come back', (t) => {
  t.like(inProcess('configOrExit()', { PORT: '0' }), { status: 0, stdout: 'came back\n' });
});

test('a missing piece is one line and exit status 69', (t) => {
  t.deepEqual(inProcess("exitFailed(new MissingPieceError('No Redis. Type: x'))"), {
    status: 69,
    stdout: '',
    stderr: 'No Redis. Type: x\n',
  });
});

test('a store that can not be opened is a missing piece: one line, with its cause once', (t) => {
  const failed = (message: string) =>
    inProcess(`exitFailed(new StoreUnavailableError('${message}', new Error('EROFS')))`);
  const line = (text: string) => ({
    status: 69,
    stdout: '',
    stderr: `${text}: make it usable or set STORE_URL\n`,
  });
  t.deepEqual(failed('no folder'), line('no folder: EROFS'));
  t.deepEqual(failed('no folder (EROFS)'), line('no folder (EROFS)'));
});

test('a faulty file of configuration ends with 78, as a faulty setting does', (t) => {
  t.deepEqual(inProcess("exitFailed(new ConfigFileError('a.json', ['no', 'nor this']))"), {
    status: 78,
    stdout: '',
    stderr: 'a.json: no\na.json: nor this\n',
  });
});

test('anything else is a bug: status 1 and its stack', (t) => {
  const { status, stderr } = inProcess("exitFailed(new Error('bug'))");
  t.is(status, 1);
  t.regex(stderr, /^Error: bug\n +at /);
});
