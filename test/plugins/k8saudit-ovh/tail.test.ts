import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { k8sauditOvh } from '../../../src/plugins/k8saudit-ovh/index.js';
import { openPlugin, take } from '../open-plugin.js';

interface Peer {
  send(text: string): void;
  close(code: number): void;
  readonly _socket: { pause(): void };
}

interface WsServer {
  on(event: 'connection', hear: (peer: Peer) => void): void;
  once(event: 'listening', hear: () => void): void;
  address(): AddressInfo;
  close(): void;
  readonly clients: Iterable<{ terminate(): void }>;
}

const require = createRequire(import.meta.url);
const { WebSocketServer } = require('ws') as { WebSocketServer: new (options: object) => WsServer };

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A tail; each connection is dealt with by the next of the functions, the last one again and again. */
async function tail(...peers: readonly ((peer: Peer) => void)[]): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  let connections = 0;
  server.on('connection', (peer) => peers[Math.min(connections++, peers.length - 1)]!(peer));
  stops.push(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  await new Promise<void>((resolve) => server.once('listening', resolve));
  return `ws://127.0.0.1:${server.address().port}/tail/?tk=s3cret`;
}

describe('a tail', () => {
  it('gives frames', async () => {
    const url = await tail((peer) => {
      peer.send('1');
      peer.send('2');
    });
    const { sources } = await openPlugin(k8sauditOvh, url, {});
    expect(await take(sources[0]!, 2)).toEqual(['1', '2']);
  });

  it.each([1000, 1001, 1011])(
    'that is closed with %s is connected to again, and the gap is said',
    async (code) => {
      const url = await tail(
        (peer) => {
          peer.send('1');
          peer.close(code);
        },
        (peer) => peer.send('2'),
      );
      const { sources, logged } = await openPlugin(k8sauditOvh, url, {});
      expect(await take(sources[0]!, 2)).toEqual(['1', '2']);
      expect(logged).toContainEqual(
        expect.stringMatching(
          new RegExp(
            `^warning ws://127.*tk=\\*\\*\\*: the connection was closed \\(${code}\\); connecting again`,
          ),
        ),
      );
      expect(logged.join()).not.toContain('s3cret');
    },
  );

  it('that falls silent is connected to again', async () => {
    const url = await tail(
      (peer) => {
        peer.send('1');
        peer._socket.pause();
      },
      (peer) => peer.send('2'),
    );
    const { sources } = await openPlugin(k8sauditOvh, url, { silence: 1 });
    expect(await take(sources[0]!, 2)).toEqual(['1', '2']);
  });

  it.each([401, 403])('that answers %s ends the start with one line, without the token', async (status) => {
    const server = createServer((_, response) => void response.writeHead(status).end());
    server.on('upgrade', (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stops.push(() => server.close());
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/?tk=s3cret`;
    const { sources } = await openPlugin(k8sauditOvh, url, {});
    await expect(take(sources[0]!, 1)).rejects.toThrow(
      `${url.replace('s3cret', '***')}: the service answers ${status}: the token is refused`,
    );
  });
});

describe('open_params', () => {
  it.each([
    ['', "OVHcloud LDP URL can't be empty"],
    ['[x/?tk=s3cret', 'this is no address of a tail: wss://[x/?tk=***'],
  ])('%j does not open', async (params, text) => {
    await expect(openPlugin(k8sauditOvh, params, {})).rejects.toThrow(text);
  });
});
