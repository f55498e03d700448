// Attacks on connections: bodies held back, places taken, TLS that goes no further. Each keeps what it holds as long as it
// is let, and begins again where it is cut off.

import { connect } from 'node:net';

const HEAD = 'POST /k8s-audit HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

/** Keeps so many connections open; `begin` is called for each. Gives what the server answered, by status. */
async function hold(port, count, going, begin) {
  const answers = {};
  const sockets = new Set();
  const open = () => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    sockets.add(socket);
    socket.on('connect', () => begin(socket));
    socket.on('data', (data) => {
      const status = /^HTTP\/1\.1 (\d+)/.exec(data.toString('latin1'))?.[1];
      if (status) answers[status] = (answers[status] ?? 0) + 1;
    });
    socket.on('close', () => sockets.delete(socket));
  };
  for (; going(); await new Promise((resolve) => setTimeout(resolve, 50)))
    while (sockets.size < count) open();
  for (const socket of sockets) socket.destroy();
  return answers;
}

/** All of a body but its last byte. */
function holdBack(length) {
  const chunk = Buffer.alloc(Math.min(length - 1, 1 << 20), 0x20);
  return (socket) => {
    socket.write(`${HEAD}Content-Length: ${length}\r\n\r\n`);
    let left = length - 1;
    const go = () => {
      while (left > 0 && !socket.destroyed) {
        const part = chunk.subarray(0, Math.min(left, chunk.length));
        left -= part.length;
        if (!socket.write(part)) {
          socket.once('drain', go);
          return;
        }
      }
    };
    go();
  };
}

const MIB = 1024 * 1024;

export const CONNECTIONS = [
  {
    name: 'held-bodies',
    row: 1,
    sent: '8 bodies of 12 MiB, last byte held back',
    attack: ({ port }, going) => hold(port, 8, going, holdBack(12 * MIB)),
  },
  {
    name: 'held-small-bodies',
    row: 1,
    sent: '250 bodies of 64 KiB, last byte held back',
    attack: ({ port }, going) => hold(port, 250, going, holdBack(65_536)),
  },
  {
    name: 'trusted-connections',
    row: 2,
    sent: '512 connections, each with `[]` accepted',
    attack: ({ port }, going) =>
      hold(port, 512, going, (socket) => socket.write(`${HEAD}Content-Length: 2\r\n\r\n[]`)),
  },
  {
    name: 'slow-headers',
    row: 2,
    sent: '512 connections with half a header',
    attack: ({ port }, going) =>
      hold(port, 512, going, (socket) => socket.write('POST /k8s-audit HTTP/1.1\r\nX: ')),
  },
  {
    name: 'slow-handshakes',
    row: 2,
    sent: '512 TLS handshakes of 3 bytes',
    secure: true,
    attack: ({ port }, going) => hold(port, 512, going, (socket) => socket.write('\x16\x03\x01')),
  },
  {
    name: 'kept-probes',
    row: 7,
    sent: '256 connections kept alive at /healthz',
    attack: ({ health }, going) =>
      hold(health, 256, going, (socket) => {
        const ask = () => socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
        const timer = setInterval(ask, 3000);
        socket.on('close', () => clearInterval(timer));
        ask();
      }),
  },
];
