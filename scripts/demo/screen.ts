import { stripVTControlCharacters } from 'node:util';

/** Where people look on: lines that stay, and on a terminal one below them that is drawn again and again. */
export type Screen = {
  /** A line that stays. */
  say(line: string): void;
  /** How things stand now: redrawn in place on a terminal, else a plain line from time to time. */
  show(status: { readonly bar: string; readonly plain: string }): void;
  /** The status line goes. */
  clear(): void;
};

export type Output = {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
};

/** Of a status that nobody can redraw, one line in this time is enough. */
const PLAIN_EVERY_MS = 1000;
const CLEAR_LINE = '\r\u001b[2K';

export function createScreen(out: Output, now: () => number = () => performance.now()): Screen {
  const terminal = out.isTTY === true;
  let drawn = '';
  let lastPlainAt = -Infinity;

  const clear = () => {
    if (drawn !== '') out.write(CLEAR_LINE);
    drawn = '';
  };
  return {
    clear,
    say(line) {
      const status = drawn;
      clear();
      out.write(`${line}\n`);
      if (status === '') return;
      drawn = status;
      out.write(drawn);
    },
    show({ bar, plain }) {
      if (terminal) {
        // a line that wraps can't be taken back
        const width = (out.columns ?? 80) - 1;
        clear();
        drawn = stripVTControlCharacters(bar).slice(0, width);
        out.write(drawn);
        return;
      }
      if (now() - lastPlainAt < PLAIN_EVERY_MS) return;
      lastPlainAt = now();
      out.write(`${plain}\n`);
    },
  };
}
