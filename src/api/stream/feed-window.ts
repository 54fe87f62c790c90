/** An event of the feed, ready to be sent. */
export type StreamEvent = {
  readonly position: string;
  readonly workflowId: string;
  /** As text of the stream; null: internal, not sent. */
  readonly text: string | null;
};

export type FeedWindow = ReturnType<typeof createFeedWindow>;

/**
 * The newest stretch of the feed, kept once for all streams. It is bounded in events and in characters;
 * who falls behind it reads the store instead. Positions are compared for equality only: they are opaque.
 * @param start the position after which the stretch begins
 */
export function createFeedWindow(
  start: string | null,
  limits: { readonly events: number; readonly characters: number },
) {
  const kept: StreamEvent[] = [];
  /** Place of each known position, counted from the beginning of the window's life. */
  const places = new Map<string | null, number>([[start, 0]]);
  let dropped = 0;
  let beforeFirst = start;
  let end = start;
  let characters = 0;

  const dropOldest = () => {
    const oldest = kept.shift();
    if (oldest === undefined) return;
    places.delete(beforeFirst);
    beforeFirst = oldest.position;
    dropped += 1;
    characters -= oldest.text?.length ?? 0;
  };

  return {
    /** The position of the newest event. */
    end: (): string | null => end,
    /** At most `limit` events after a position; null: the position is not in the window. */
    after(position: string | null, limit: number): readonly StreamEvent[] | null {
      const place = places.get(position);
      return place === undefined ? null : kept.slice(place - dropped, place - dropped + limit);
    },
    append(events: readonly StreamEvent[]): void {
      for (const event of events) {
        kept.push(event);
        end = event.position;
        places.set(end, dropped + kept.length);
        characters += event.text?.length ?? 0;
      }
      while (kept.length > limits.events || characters > limits.characters) dropOldest();
    },
  };
}
