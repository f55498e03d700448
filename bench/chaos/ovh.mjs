// The tail of OVHcloud's Logs Data Platform, which keeps nothing: frames go to the connection that is there.

import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { auditEvent } from './events.mjs';

const { WebSocketServer } = createRequire(import.meta.url)('ws');

export async function startOvh() {
  const refusals = [];
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  http.on('upgrade', (request, socket, head) => {
    const status = refusals.shift();
    if (status === undefined) return sockets.handleUpgrade(request, socket, head, (peer) => open(peer));
    if (status === 'cut') return socket.destroy();
    socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
  });
  let peer;
  function open(next) {
    peer = next;
    next.on('close', () => {
      if (peer === next) peer = undefined;
    });
  }
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  const frame = (id) =>
    JSON.stringify({ message: JSON.stringify({ _appID: 'app', short_message: auditEvent(id) }) });
  return {
    name: 'k8saudit-ovh',
    source: 'k8s_audit',
    id: 'ka.auditid',
    open_params: `ws://127.0.0.1:${http.address().port}/tail/?tk=the-ovh-token`,
    init_config: { silence: 2 },
    secrets: ['the-ovh-token'],
    async put(ids) {
      for (const id of ids) {
        while (peer === undefined) await sleep(20);
        peer.send(frame(id));
      }
    },
    async poison() {
      for (const text of ['no frame', '{"message":"no"}', frame('').replace('Event', 'Nothing'), '[]'])
        peer?.send(text);
    },
    keepsNothing: true,
    troubles: {
      'closed with 1000, 1011': async () => {
        peer?.close(1000);
        await sleep(1500);
        peer?.close(1011);
      },
      'handshakes 503, 429, 404, cut': () => {
        refusals.push(503, 'cut', 429, 404);
        peer?.close(1001);
      },
      'a connection that is dead': () => {
        peer?._socket.pause();
        peer = undefined;
      },
      'expired token (401)': () => {
        peer?.close(1001);
      },
    },
    stop() {
      for (const client of sockets.clients) client.terminate();
      http.close();
      http.closeAllConnections();
    },
  };
}
