import type { Request } from 'express';

/**
 * Was this request made on this very machine? Both must hold: it comes from a loopback address, and it was sent to a
 * loopback name. The second shuts out a foreign web page whose host name was made to point here (DNS rebinding).
 * A request that a proxy handed on is not local, whoever stands beside the proxy.
 */
export function isLocal(req: Request): boolean {
  const forwarded = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'via'];
  if (forwarded.some((header) => req.headers[header] !== undefined)) return false;
  return isLoopbackAddress(req.socket.remoteAddress) && isLoopbackHost(req.headers.host);
}

function isLoopbackAddress(address: string | undefined): boolean {
  return address === '::1' || /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/.test(address ?? '');
}

function isLoopbackHost(host: string | undefined): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i.test(host ?? '');
}
