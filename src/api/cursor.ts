import { z } from 'zod';
import type { PageCursor } from '#application/ports/workflow-store.ts';

const place = z.tuple([z.int().min(0), z.uuid()]);

/** A place in a list as one opaque word. */
export function encodeCursor(cursor: PageCursor): string {
  return Buffer.from(JSON.stringify([cursor.createdAt, cursor.workflowId])).toString('base64url');
}

/** The place that a word stands for; null when it is none of ours. */
export function decodeCursor(text: string): PageCursor | null {
  if (text.length > 200 || !/^[A-Za-z0-9_-]+$/.test(text)) return null;
  let decoded: unknown;
  try {
    decoded = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  const parsed = place.safeParse(decoded);
  return parsed.success ? { createdAt: parsed.data[0], workflowId: parsed.data[1] } : null;
}
