import type { CursorStore } from '#application/ports/cursor-store.ts';
import type { EventWaits } from '#application/ports/event-waits.ts';
import type { InboundLog } from '#application/ports/inbound-log.ts';
import type { NoteStore } from '#application/ports/note-store.ts';
import type { ReleaseQueue } from '#application/ports/release-queue.ts';
import type { DefinitionStore, WorkflowStore } from '#application/ports/workflow-store.ts';

/** All that one store (STORE_URL) keeps for the engine. */
export type EngineStore = WorkflowStore &
  DefinitionStore &
  CursorStore &
  InboundLog &
  EventWaits &
  NoteStore &
  ReleaseQueue;
