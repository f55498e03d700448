import { connect, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { type Connections, limitConnections } from '../src/connections.js';
import { eventually } from './eventually.js';

interface Opened {
  readonly open: (from: string) => Promise<Socket>;
  readonly connections: Connections;
  /** The server's end of a connection. */
  readonly peerOf: (socket: Socket) => Socket;
  readonly closed: readonly (readonly [from: string | undefined, limit: number])[];
}

async function serve(most: number, mostOfAddress: number): Promise<Opened> {
  const closed: (readonly [string | undefined, number])[] = [];
  const peers = new Map<number | undefined, Socket>();
  const sockets: Socket[] = [];
  const server = createServer((peer) => void peers.set(peer.on('error', () => {}).remotePort, peer));
  const onClosed = ({ remoteAddress }: Socket, limit: number): void =>
    void closed.push([remoteAddress, limit]);
  const connections = limitConnections(server, { most, mostOfAddress, onClosed });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const open = async (localAddress: string): Promise<Socket> => {
    const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => {});
    sockets.push(socket);
    await new Promise((resolve) => socket.once('connect', resolve));
    await eventually(() => peers.has(socket.localPort));
    return socket;
  };
  return { open, connections, closed, peerOf: (socket) => peers.get(socket.localPort)! };
}

const isClosed = (socket: Socket) => eventually(() => socket.closed);

it('the address with most connections gives one up, not the one that has been there longest', async () => {
  const { open, closed } = await serve(4, 3);
  const honest = await open('127.0.0.1');
  const [first] = [await open('127.0.0.2'), await open('127.0.0.2'), await open('127.0.0.3')];
  await open('127.0.0.4');
  await isClosed(first);
  expect(closed).toEqual([['127.0.0.2', 4]]);
  expect(honest.closed).toBe(false);
});

it('an address that reaches its own bound gives up its own', async () => {
  const { open, closed } = await serve(100, 2);
  const honest = await open('127.0.0.1');
  const first = await open('127.0.0.2');
  await open('127.0.0.2');
  await open('127.0.0.2');
  await isClosed(first);
  expect(closed).toEqual([['127.0.0.2', 2]]);
  expect(honest.closed).toBe(false);
});

it('what was of use is idle only from then on', async () => {
  const { open, connections, peerOf, closed } = await serve(100, 2);
  const [used, idle] = [await open('127.0.0.1'), await open('127.0.0.1')];
  connections.use(peerOf(used));
  await open('127.0.0.1');
  await isClosed(idle);
  expect(used.closed).toBe(false);
  expect(closed).toHaveLength(1);
});

it('makes room when connections end by themselves', async () => {
  const { open, closed, peerOf } = await serve(2, 2);
  for (let n = 0; n < 10; n++) {
    const socket = await open('127.0.0.1');
    const peer = peerOf(socket);
    socket.destroy();
    await eventually(() => peer.closed);
  }
  expect(closed).toEqual([]);
});

it('knows whether any byte came', async () => {
  const { open, connections, peerOf } = await serve(2, 2);
  const [silent, loud] = [await open('127.0.0.1'), await open('127.0.0.1')];
  loud.write('x');
  await new Promise((resolve) => peerOf(loud).once('data', resolve));
  expect([silent, loud].map((socket) => connections.spoke(peerOf(socket)))).toEqual([false, true]);
});
