/** What a program was told to do. */
export type ReadOptions<T> =
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly message: string }
  | { readonly kind: 'run'; readonly options: T };

/** Exit status of a faulty command line, as in sysexits.h. */
const USAGE = 64;

/** Does what a command line asks for: shows the help, says on stderr what is wrong with it (exit status 64), or runs. */
export async function followOptions<T>(
  read: ReadOptions<T>,
  help: string,
  run: (options: T) => Promise<void>,
): Promise<void> {
  switch (read.kind) {
    case 'help':
      process.stdout.write(help);
      break;
    case 'invalid':
      process.stderr.write(`${read.message}\n`);
      process.exitCode = USAGE;
      break;
    case 'run':
      await run(read.options);
  }
}
