import type { SseResponse } from '#api/stream/sse-response.ts';
import { loadView } from '#api/views/load-view.ts';
import type { Orchestration } from '#application/orchestration.ts';

/**
 * Sends a stream the load of the system at once and then again and again, as events named `system.load`. They have no id: they
 * are no events of the log, and a client that resumes has missed nothing by missing one. Nothing is sent while nothing is known,
 * or while the client has not taken what was sent before.
 */
export function sendLoad(
  orchestration: Pick<Orchestration, 'getSystemLoad'>,
  stream: SseResponse,
  everyMs: number,
): void {
  let sentAt: number | null = null;
  const send = async () => {
    const view = await orchestration.getSystemLoad();
    if (view === null || view.at === sentAt) return;
    sentAt = view.at;
    stream.offer(`event: system.load\ndata: ${JSON.stringify(loadView(view))}\n\n`);
  };
  const timer = setInterval(() => void send(), everyMs);
  stream.closed.addEventListener('abort', () => clearInterval(timer), { once: true });
  void send();
}
