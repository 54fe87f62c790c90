import { pause } from '#composition/pause.ts';

/** What was heard of it since the last time. */
export type Heard = { readonly rang: boolean; readonly urgentLanes: readonly string[] };

/** The bell by which starts call the releaser of this process, for one group of lanes. */
export type Bell = {
  ring(): void;
  ringUrgent(lane: string): void;
  /** What rings, or rang since it was heard last; resolves after this long in any case. */
  heard(withinMs: number, stopped: AbortSignal): Promise<Heard>;
};

export function createBell(): Bell {
  let any = new AbortController();
  let rang = false;
  const urgent = new Set<string>();
  return {
    ring() {
      rang = true;
      any.abort();
    },
    ringUrgent(lane) {
      urgent.add(lane);
      any.abort();
    },
    async heard(withinMs, stopped) {
      if (!any.signal.aborted) await pause(withinMs, AbortSignal.any([stopped, any.signal]));
      const heard = { rang, urgentLanes: [...urgent] };
      any = new AbortController();
      rang = false;
      urgent.clear();
      return heard;
    },
  };
}
