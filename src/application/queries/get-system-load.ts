import type { Clock } from '#application/ports/clock.ts';
import { currentView, type LoadBoard, type LoadView } from '#application/ports/load-board.ts';

/** Many may ask at once (a stream each): the board is read once for all of them. */
const KEPT_MS = 1000;

/** What the monitor knows of the load; null: none is at work, or the board is away. Never throws. */
export function getSystemLoad(parts: { readonly loadBoard: LoadBoard; readonly clock: Clock }) {
  let asked: { readonly at: number; readonly view: Promise<LoadView | null> } | null = null;
  return async (): Promise<LoadView | null> => {
    const now = parts.clock.now();
    if (asked === null || now - asked.at >= KEPT_MS || now < asked.at) {
      asked = { at: now, view: parts.loadBoard.view() };
    }
    return currentView(await asked.view, now);
  };
}
