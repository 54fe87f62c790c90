import test from 'ava';
import { createScreen } from '../../../scripts/demo/screen.ts';

function screenOn(output: { isTTY: boolean; columns?: number }) {
  const written: string[] = [];
  const time = { now: 0 };
  const out = { ...output, write: (text: string) => written.push(text) };
  return { written, time, screen: createScreen(out, () => time.now) };
}

test('on a terminal the status line is redrawn in place, below the lines that stay', (t) => {
  const { screen, written } = screenOn({ isTTY: true, columns: 80 });
  screen.show({ bar: '[#.]', plain: '' });
  screen.say('a line');
  t.deepEqual(written, ['[#.]', '\r\u001b[2K', 'a line\n', '[#.]']);
});

test('a status line never wraps, or it could not be taken back', (t) => {
  const { screen, written } = screenOn({ isTTY: true, columns: 10 });
  screen.show({ bar: '#'.repeat(50), plain: '' });
  t.is(written[0]?.length, 9);
});

test('where nobody can redraw, a plain line comes once a second', (t) => {
  const { screen, written, time } = screenOn({ isTTY: false });
  for (time.now = 0; time.now <= 2000; time.now += 100)
    screen.show({ bar: '', plain: `${time.now}` });
  t.deepEqual(written, ['0\n', '1000\n', '2000\n']);
});
