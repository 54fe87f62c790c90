import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowStore } from '#application/ports/workflow-store.ts';

const LOOK_EVERY_MS = 100;

/** Resolves, for one caller after the other, when there is room for one more workflow. */
export type Room = () => Promise<void>;

export const UNBOUNDED: Room = async () => {};

/** @param most workflows that may be under way when another one is let in; a store that does not answer has no room */
export function roomIn(store: WorkflowStore, most: number): Room {
  let turn = Promise.resolve();
  return () => (turn = turn.then(enter));

  async function enter(): Promise<void> {
    while (!(await hasRoom())) await delay(LOOK_EVERY_MS);
  }

  async function hasRoom(): Promise<boolean> {
    try {
      return (await store.overdue(Number.MAX_SAFE_INTEGER, most)).length < most;
    } catch {
      return false;
    }
  }
}
