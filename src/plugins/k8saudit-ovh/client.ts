// The package ws, as far as it is used. The only file that knows it; it is loaded when a tail is opened. Node's own WebSocket
// cannot ping.

import { loadClient } from '../optional.js';

export interface Socket {
  on(event: 'open' | 'pong', hear: () => void): void;
  on(event: 'message', hear: (data: Buffer) => void): void;
  on(event: 'close', hear: (code: number) => void): void;
  on(event: 'error', hear: (error: Error) => void): void;
  on(
    event: 'unexpected-response',
    hear: (request: { destroy(): void }, response: { readonly statusCode?: number }) => void,
  ): void;
  ping(): void;
  pause(): void;
  resume(): void;
  terminate(): void;
}

export type ConnectSocket = (address: string) => Socket;

type Library = new (address: string, options: object) => Socket;

const HANDSHAKE_MS = 30_000;
const LARGEST = 64 * 1024 * 1024;

/** Errors: SourceError, where the package is not installed. */
export const connectSocket: ConnectSocket = (address) => {
  const WebSocket = loadClient<Library>('ws', '8');
  return new WebSocket(address, {
    handshakeTimeout: HANDSHAKE_MS,
    maxPayload: LARGEST,
    followRedirects: true,
  });
};
