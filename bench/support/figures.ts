/** The middle one of some figures; the mean of the two middle ones for an even count. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
  return (lower + upper) / 2;
}

/** The figure below which `share` (0..1) of all figures lie. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** For people: the first of some times, their middle, and the most. */
export function spread(timesMs: readonly number[]): string {
  const [first = NaN] = timesMs;
  return `${first} ms at first, ${median(timesMs)} ms in the middle, ${Math.max(...timesMs)} ms at most`;
}

/** Rows of words in columns, the first row being the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((word, column) =>
          column === 0 ? word.padEnd(widths[column] ?? 0) : word.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}
