import type { IncomingHttpHeaders } from 'node:http';
import { forbidden } from '#api/http/problems.ts';

/**
 * Refuses a state-changing request that a page of another origin made a browser send.
 * Browsers say where a request comes from: Sec-Fetch-Site, or Origin in older ones. Programs send neither and pass.
 */
export function refuseCrossOrigin(headers: IncomingHttpHeaders): void {
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') return;
  const { origin, host } = headers;
  if (site === undefined && (origin === undefined || hostOf(origin) === host?.toLowerCase())) {
    return;
  }
  throw forbidden('Requests from pages of another origin may not change anything');
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
