import { createServer } from 'node:http';

// The floor: what a bare HTTP server in this runtime does with a small JSON answer.
const body = JSON.stringify({ status: 'ok', echo: 'x'.repeat(100) });
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.stdout.write(`${address.port}\n`);
});
