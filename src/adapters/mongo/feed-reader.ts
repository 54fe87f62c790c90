import type { CursorStore } from '#application/ports/cursor-store.ts';
import type { FeedEvent, WorkflowStore } from '#application/ports/workflow-store.ts';
import { CorruptRecordError } from '#adapters/mongo/corrupt-record-error.ts';
import { toFeedBatch } from '#adapters/mongo/feed-batch.ts';
import type { FeedWriter } from '#adapters/mongo/feed-writer.ts';
import type { Log, Stretch } from '#adapters/mongo/log.ts';
import type { Models } from '#adapters/mongo/models.ts';
import { FEED_INDEX, type FeedDocument } from '#adapters/mongo/models/feed.ts';

export type FeedReader = Pick<WorkflowStore, 'readFeed' | 'feedEnd'> &
  Pick<CursorStore, 'countFeedAfter'>;

/** The place of an event: which one it is, and where it stands in the feed. */
export type FeedPlace = {
  readonly workflowId: string;
  readonly version: number;
  readonly position: number;
};

/** Batches that one round trip brings; a busy feed has hundreds of events in each. */
const BATCHES_AT_ONCE = 20;

/** A position is the number of an event, from 1 on without gaps (see `feed-writer.ts`). */
export function createFeedReader({ feed }: Models, writer: FeedWriter, log: Log): FeedReader {
  return {
    async readFeed(after, limit) {
      const start = parsePosition(after);
      let places = await placesAfter(start, limit);
      if (places.length < limit) {
        const last = await writer.bringUpToDate();
        if (last !== null && last.last > start + places.length) {
          places = await placesAfter(start, limit);
        }
      }
      const events = await eventsAt(places);
      return { events, position: events.at(-1)?.position ?? after };
    },
    async feedEnd() {
      const last = await writer.bringUpToDate();
      return last === null ? null : String(last.last);
    },
    async countFeedAfter(position) {
      const last = await writer.bringUpToDate();
      return Math.max(0, (last?.last ?? 0) - parsePosition(position));
    },
  };

  async function placesAfter(start: number, limit: number): Promise<readonly FeedPlace[]> {
    const places: FeedPlace[] = [];
    if (limit <= 0) return places;
    const batches = feed
      .find({ last: { $gt: start } }, { totals: 0 })
      .sort({ last: 1 })
      .hint(FEED_INDEX)
      .lean()
      .cursor({ batchSize: BATCHES_AT_ONCE });
    for await (const document of batches) {
      const batch = toFeedBatch({ ...document, totals: [] });
      for (const place of placesOf(batch)) {
        if (place.position > start) places.push(place);
        if (places.length === limit) return places;
      }
    }
    return places;
  }

  async function eventsAt(places: readonly FeedPlace[]): Promise<readonly FeedEvent[]> {
    const events = await log.readStretches(stretchesOf(places));
    return places.map(({ workflowId, version, position }) => {
      const event = events.get(workflowId)?.find((one) => one.version === version);
      if (event === undefined) {
        throw new CorruptRecordError(`event ${version} of workflow ${workflowId}`, 'it is missing');
      }
      return { ...event, position: String(position) };
    });
  }
}

/** The events of a batch in order. */
export function* placesOf({ _id, workflows, order }: FeedDocument): Generator<FeedPlace> {
  const versions = workflows.map(({ from }) => from);
  let position = _id;
  for (let place = 0; place < order.length; place += 2) {
    const index = order[place] ?? 0;
    const workflowId = workflows[index]?.id;
    if (workflowId === undefined) {
      throw new CorruptRecordError(`feed batch ${_id}`, `order names no workflow at ${place}`);
    }
    for (let left = order[place + 1] ?? 0; left > 0; left -= 1) {
      const version = versions[index] ?? 0;
      yield { workflowId, version, position };
      versions[index] = version + 1;
      position += 1;
    }
  }
}

/** What must be read of each workflow: one stretch, as a feed has the events of each without gaps. */
function stretchesOf(places: readonly FeedPlace[]): readonly Stretch[] {
  const stretches = new Map<string, Stretch>();
  for (const { workflowId, version } of places) {
    const from = stretches.get(workflowId)?.from ?? version;
    stretches.set(workflowId, { workflowId, from, to: version });
  }
  return [...stretches.values()];
}

function parsePosition(position: string | null): number {
  if (position === null) return 0;
  const number = /^\d+$/.test(position) ? Number(position) : NaN;
  if (!Number.isSafeInteger(number)) throw new RangeError(`no feed position: ${position}`);
  return number;
}
