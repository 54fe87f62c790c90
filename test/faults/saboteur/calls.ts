import { existsSync } from 'node:fs';
import { subscribe } from 'node:diagnostics_channel';
import { join } from 'node:path';
import { die, take } from './die.ts';

/** What undici tells of a request, as far as we need it: headers are name, value, name, value. */
type Seen = { readonly request: { readonly headers: readonly unknown[] } };
type Answered = Seen & { readonly response: { readonly statusCode: number } };

/** Dies before a call is sent, or between its answer and whatever the engine does about it. */
export function armCalls(folder: string): void {
  const granted = new WeakSet<Seen['request']>();
  subscribe('undici:request:create', (message) => {
    const effect = effectOf((message as Seen).request);
    if (effect !== null && existsSync(join(folder, `die-before.${effect}`))) die();
  });
  subscribe('undici:request:headers', (message) => {
    const { request, response } = message as Answered;
    if (response.statusCode >= 200 && response.statusCode < 300) granted.add(request);
  });
  // published when the whole answer is in, just before undici hands its end to the engine
  subscribe('undici:request:trailers', (message) => {
    const { request } = message as Seen;
    const effect = effectOf(request);
    if (effect === null || !granted.has(request)) return;
    if (take(join(folder, `die-after.${effect}`))) die();
  });
}

/** `<stepId>:<do|undo>` of the Idempotency-Key; null: none of the engine's calls. */
function effectOf({ headers }: Seen['request']): string | null {
  const name = headers.indexOf('Idempotency-Key');
  const key = name < 0 ? '' : String(headers[name + 1]);
  const [, effect] = /^[^:]+:(.+)$/.exec(key) ?? [];
  return effect ?? null;
}
