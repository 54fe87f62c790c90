import type { Day } from './run-day.ts';

const WIDTH = 900;
const HEIGHT = 360;
const LEFT = 50;
const BOTTOM = 40;
const TOP = 30;
const RIGHT = 20;
const HOUR_MS = 3_600_000;
const COLOURS = ['#b23b3b', '#c28a1c', '#1f6f8b'];

/** Orders on the floor over the day, one line per way to release, as an SVG picture. */
export function chart(title: string, days: readonly Day[]): string {
  const points = days.flatMap(({ wip }) => wip);
  const from = Math.floor(Math.min(...points.map(({ at }) => at)) / HOUR_MS) * HOUR_MS;
  const to = Math.ceil(Math.max(...points.map(({ at }) => at)) / HOUR_MS) * HOUR_MS;
  const most = Math.max(1, ...points.map(({ orders }) => orders));
  const x = (at: number) => LEFT + ((at - from) / (to - from)) * (WIDTH - LEFT - RIGHT);
  const y = (orders: number) => HEIGHT - BOTTOM - (orders / most) * (HEIGHT - BOTTOM - TOP);

  const hours = Array.from({ length: (to - from) / HOUR_MS + 1 }, (_, index) => {
    const at = from + index * HOUR_MS;
    return `<text x="${x(at).toFixed(1)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${(at / HOUR_MS) % 24}:00</text>`;
  });
  const levels = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const level = y(most * part).toFixed(1);
    return (
      `<line x1="${LEFT}" y1="${level}" x2="${WIDTH - RIGHT}" y2="${level}" stroke="#ddd"/>` +
      `<text x="${LEFT - 6}" y="${level}" text-anchor="end" dominant-baseline="middle">${Math.round(most * part)}</text>`
    );
  });
  const lines = days.map(({ wip }, index) => {
    const steps = wip.map(({ at, orders }) => `H${x(at).toFixed(1)}V${y(orders).toFixed(1)}`);
    const path = `M${x(wip[0]?.at ?? from).toFixed(1)} ${y(0).toFixed(1)}${steps.join('')}`;
    return `<path d="${path}" fill="none" stroke="${COLOURS[index % COLOURS.length]}" stroke-width="1.5"/>`;
  });
  const legend = days.map(({ name }, index) => {
    const left = LEFT + index * 150;
    const colour = COLOURS[index % COLOURS.length];
    return (
      `<rect x="${left}" y="${HEIGHT - 14}" width="10" height="10" fill="${colour}"/>` +
      `<text x="${left + 14}" y="${HEIGHT - 5}">${escaped(name)}</text>`
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="18" font-size="14">${escaped(title)}</text>`,
    ...levels,
    ...hours,
    ...lines,
    ...legend,
    '</svg>\n',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
