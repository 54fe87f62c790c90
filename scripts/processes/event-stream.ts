/** One server-sent event. */
export type StreamEvent = {
  /** Where to resume after it. */
  readonly id: string;
  readonly event: string;
  readonly data: string;
};

export type StreamOptions = {
  /** Resume after the event of this id; null: from now on. */
  readonly lastEventId?: string | null;
  readonly signal: AbortSignal;
  /** Called when the stream is open: what happens from now on will be in it. */
  readonly onOpen?: () => void;
};

/**
 * Reads a stream of server-sent events until the server or the signal ends it.
 * @throws Error when the server refuses, or the connection breaks (not when the signal ends it)
 */
export async function* readEventStream(
  url: string,
  { lastEventId = null, signal, onOpen }: StreamOptions,
): AsyncGenerator<StreamEvent, void> {
  try {
    const headers = lastEventId === null ? {} : { 'Last-Event-ID': lastEventId };
    const response = await fetch(url, { headers, signal });
    if (!response.ok || response.body === null) {
      throw new Error(`GET ${url}: ${response.status} ${await response.text()}`);
    }
    onOpen?.();
    let text = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + chunk).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parseBlock(block);
        if (event !== null) yield event;
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** null: a comment, or a setting of the stream. */
function parseBlock(block: string): StreamEvent | null {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2));
  }
  const data = fields.get('data');
  if (data === undefined) return null;
  return { id: fields.get('id') ?? '', event: fields.get('event') ?? 'message', data };
}
