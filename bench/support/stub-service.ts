import { createServer } from 'node:http';

/** The cheapest service there can be: every call is answered at once with `{"ok":true}`. Prints its URL and runs until SIGTERM. */
const REPLY = '{"ok":true}';

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': String(REPLY.length),
    });
    response.end(REPLY);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
