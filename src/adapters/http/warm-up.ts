import { once } from 'node:events';
import { createServer } from 'node:http';
import { Pool } from 'undici';
import { exchange } from '#adapters/http/exchange.ts';

/** The loopback answers in a ms or two; a machine on which it does not goes without. */
const PATIENCE_MS = 1000;

/**
 * Makes one call, to a server of its own on the loopback address that lives for this call: the HTTP parser of undici is compiled by
 * the first answer that it reads, and the first call of a process would wait for that, some 10 ms. Never rejects.
 */
export async function warmUpCalls(): Promise<void> {
  const server = createServer((_request, response) => response.end('{}'));
  try {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') return;
    const pool = new Pool(`http://127.0.0.1:${address.port}`, { allowH2: false });
    const request = { method: 'POST', path: '/', body: '{}' } as const;
    await exchange(pool, request, 'reply', PATIENCE_MS);
    await pool.destroy();
  } catch {
    // no loopback to listen on: the first call takes a little longer, that is all
  } finally {
    server.close();
  }
}
