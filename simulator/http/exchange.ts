import type { IncomingMessage, ServerResponse } from 'node:http';

/** An answer ready to be sent. */
export type Answer = {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A JSON answer. */
export function json(
  status: number,
  value: object,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, body: JSON.stringify(value), headers };
}

/** A problem document (RFC 9457), as the services give them. */
export function problem(
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const body = JSON.stringify({ type: 'about:blank', status, detail });
  return { status, body, headers: { 'content-type': 'application/problem+json', ...headers } };
}

/** Sends an answer; false where the caller has gone. */
export function send(response: ServerResponse, answer: Answer): boolean {
  if (response.destroyed || response.writableEnded) return false;
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(answer.body),
    ...answer.headers,
  });
  response.end(answer.body);
  return true;
}

/** Breaks the connection (TCP RST) without an answer. */
export function breakOff(request: IncomingMessage): void {
  request.socket.resetAndDestroy();
}

export type Body =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly answer: Answer }
  /** The caller broke off while sending. */
  | { readonly kind: 'gone' };

/** Reads a JSON body of at most `maxBytes`; an empty one is `{}`. */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
    }
  } catch {
    return { kind: 'gone' };
  }
  if (size > maxBytes) {
    return { kind: 'refused', answer: problem(413, `a body has at most ${maxBytes} bytes`) };
  }
  if (size === 0) return { kind: 'json', value: {} };
  try {
    return { kind: 'json', value: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
  } catch {
    return { kind: 'refused', answer: problem(400, 'the body is not JSON') };
  }
}
