/** What a run of tests came to. */
type Tally = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** Reads a TAP stream line by line (as AVA writes it) and turns it into lines for people. */
export type TapReader = {
  /** @returns what to print for this line, or null for nothing */
  read(line: string): string | null;
  /** The failures again, in full: they scrolled by long ago. */
  failures(): readonly string[];
  tally(): Tally;
};

export function createTapReader(): TapReader {
  const counted = { passed: 0, failed: 0, skipped: 0 };
  /** What the stream itself sums up at its end; it also knows of tests that never came to run. */
  let failedInAll = 0;
  const failures: string[][] = [];
  let failing = false;

  return {
    read(line) {
      const result = /^(?<not>not )?ok \d+ - (?<title>.*)$/.exec(line)?.groups;
      if (result) {
        const { not, title = '' } = result;
        failing = not !== undefined;
        if (failing) {
          counted.failed += 1;
          failures.push([`✘ ${title}`]);
          return `✘ ${title}`;
        }
        if (title.endsWith('# SKIP')) {
          counted.skipped += 1;
          return `- ${title}`;
        }
        counted.passed += 1;
        return `✔ ${title}`;
      }
      failedInAll = Number(/^# fail (\d+)$/.exec(line)?.[1] ?? failedInAll);
      if (/^(TAP version|1\.\.\d|# (tests|pass|skip|fail) \d)/.test(line)) return null;
      if (failing) failures.at(-1)?.push(line);
      return line.trim() === '' ? null : line;
    },
    failures: () => failures.map((lines) => lines.join('\n')),
    tally: () => ({ ...counted, failed: Math.max(counted.failed, failedInAll) }),
  };
}
