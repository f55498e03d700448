// Between the command and a service: connections that can be cut, and requests that get other answers than the service's.

import { request as ask, createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';

const listen = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

/** Passes bytes on. `cut()` breaks all connections, in the middle of whatever they carry. */
export async function startWire(port) {
  const sockets = new Set();
  const server = createTcpServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
    }
    near.pipe(far).pipe(near);
  });
  return {
    port: await listen(server),
    cut() {
      for (const socket of sockets) socket.resetAndDestroy?.();
    },
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/**
 * Passes requests on. `fail(faults)`: each of the next requests that a fault wants gets its answer: `{ wants(request), status,
 * body, headers }`, or `reset: true`, or `half: true`, which is the service's answer, broken off in the middle.
 */
export async function startGate(target) {
  let faults = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const about = { method: request.method, url: request.url, headers: request.headers, body };
    const at = faults.findIndex(({ wants }) => wants === undefined || wants(about));
    const fault = at === -1 ? undefined : faults[at];
    if (at !== -1) faults = faults.filter((_, i) => i !== at);
    if (fault?.reset) return request.socket.resetAndDestroy();
    if (fault !== undefined && !fault.half)
      return response.writeHead(fault.status, fault.headers ?? {}).end(fault.body ?? '');
    const forward = ask(new URL(request.url, target), { method: request.method, headers: request.headers });
    forward.on('error', () => response.destroy());
    forward.on('response', (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      if (!fault?.half) return answer.pipe(response);
      answer.once('data', (chunk) => {
        response.write(chunk.subarray(0, chunk.length >> 1), () => response.destroy());
      });
    });
    forward.end(body);
  });
  server.keepAliveTimeout = 60_000;
  return {
    url: `http://127.0.0.1:${await listen(server)}`,
    fail: (more) => void faults.push(...more),
    failing: () => faults.length,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
