import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Does an Authorization header hold this user and password (RFC 7617)?
 * Both are compared as digests of equal length: the time taken tells nothing of how much of them was right.
 */
export function isAuthorized(
  header: string | undefined,
  expected: { readonly user: string; readonly password: string },
): boolean {
  const encoded = /^basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1] ?? '';
  const given = Buffer.from(encoded, 'base64').toString('utf8');
  return timingSafeEqual(digest(given), digest(`${expected.user}:${expected.password}`));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
