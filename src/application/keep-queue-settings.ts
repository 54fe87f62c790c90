import { z } from 'zod';
import type { Logger } from '#application/ports/logger.ts';
import { createLeaderNote } from '#application/leader-note.ts';
import type { CursorStore } from '#application/ports/cursor-store.ts';
import type { QueueSettingsBoard } from '#application/ports/queue-settings.ts';
import { parseJson } from '#domain/parse-json.ts';

/*
 * Who owns what: Redis says what is set on a queue, the store remembers it for the day on which Redis is wiped.
 *
 * 1. Only the leader of the reconcilers looks; what it sees that differs from the note is noted. One that was frozen between looking and
 *    noting is refused, since its successor has claimed the note before it looked.
 * 2. Of a wiped Redis nothing is noted: the note is applied to it, whoever else restores something does so (`afterWipe`), and only
 *    then does it count as known. A crash in between, or another wipe, begins anew; all of it may be done twice.
 * 3. What was set less than one look before a wipe is lost with it.
 */

const NOTE = 'queue-settings';

const noteSchema = z.record(
  z.string(),
  z.object({ paused: z.boolean(), concurrency: z.int().min(1).nullable() }),
);

export type QueueKeeperParts = {
  readonly board: QueueSettingsBoard;
  readonly store: CursorStore;
  readonly logger: Logger;
  /** What else lives in Redis alone and has to be put there anew; run one after the other, in this order, after the note. */
  readonly afterWipe: readonly (() => Promise<void>)[];
};

/**
 * @returns one look at the queues, to be repeated about once a second by one process at a time
 * @throws QueueUnavailableError, StoreUnavailableError: the next look does what this one could not
 */
export function queueKeeper({
  board,
  store,
  logger,
  afterWipe,
}: QueueKeeperParts): () => Promise<void> {
  const note = createLeaderNote(store, NOTE);
  return async () => {
    const known = (await note.claimed()) ?? '{}';
    const { wiped, settings } = await board.look();
    if (!wiped) {
      const news = JSON.stringify(settings);
      if (news !== known) await note.save(news);
      return;
    }
    const noted = noteSchema.parse(parseJson(known));
    await board.restore(noted);
    for (const restore of afterWipe) await restore();
    if (!(await board.acknowledge())) return;
    const queues = Object.keys(noted);
    if (queues.length > 0) logger.warn('Redis was wiped: settings of queues restored', { queues });
  };
}
