import type { IncomingHttpHeaders } from 'node:http';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { findHostileJson } from '#api/http/hostile-json.ts';
import { parseJson } from '#domain/parse-json.ts';
import { invalid, unsupportedMediaType } from '#api/http/problems.ts';
import type { Json } from '#domain/json.ts';

/** Reads bodies, of whatever type: the type is judged before. Compressed ones are refused, there is no reason to send them. */
export function bodyReader(limitBytes: number): RequestHandler {
  return express.raw({ type: () => true, limit: limitBytes, inflate: false });
}

/** Events may come under the name that CloudEvents has for them. */
const JSON_TYPES: ReadonlySet<string> = new Set([
  'application/json',
  'application/cloudevents+json',
]);

/** Refuses any content but JSON in UTF-8. This also shuts out forms of foreign web pages, which can't send JSON. */
export function requireJsonContent(headers: IncomingHttpHeaders): void {
  const contentType = headers['content-type'];
  if (contentType === undefined) {
    if (!announcesBody(headers)) return;
    throw unsupportedMediaType('A body needs Content-Type: application/json');
  }
  const [mediaType = '', ...parameters] = contentType.toLowerCase().split(';');
  if (!JSON_TYPES.has(mediaType.trim())) {
    throw unsupportedMediaType('The only content type understood is application/json');
  }
  const charset = parameters.map((parameter) => parameter.trim()).find(isCharset);
  if (charset !== undefined && !/^charset="?utf-8"?$/.test(charset)) {
    throw unsupportedMediaType('JSON must be encoded in UTF-8');
  }
}

/**
 * The JSON value of a request's body.
 * @returns undefined when there is none
 * @throws HttpProblem 400 for what is no JSON, too deep, or would be dangerous to handle
 */
export async function readJsonBody(
  req: Request,
  res: Response,
  read: RequestHandler,
): Promise<Json | undefined> {
  await new Promise<void>((resolve, reject) => {
    read(req, res, (failure?: unknown) => {
      if (failure === undefined) resolve();
      else
        reject(
          failure instanceof Error ? failure : new Error('unreadable body', { cause: failure }),
        );
    });
  });
  const bytes: unknown = req.body;
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return undefined;
  const value = parse(bytes);
  const faults = findHostileJson(value);
  if (faults.length > 0) throw invalid(faults);
  return value;
}

function parse(bytes: Buffer): Json {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return parseJson(text);
  } catch (error) {
    const position = /at position \d+/.exec(error instanceof Error ? error.message : '');
    const message =
      error instanceof SyntaxError
        ? `is not valid JSON${position ? ` (${position[0]})` : ''}`
        : 'is not valid UTF-8';
    throw invalid([{ field: 'body', message }]);
  }
}

function announcesBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function isCharset(parameter: string): boolean {
  return parameter.startsWith('charset=');
}
