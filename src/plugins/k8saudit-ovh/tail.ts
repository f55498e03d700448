// A tail of OVHcloud's Logs Data Platform → batches of frames. The service keeps no place: what it sends while there is no
// connection is lost, so that connections are made anew at once, and each gap is said and counted.

import { toBytes } from '../../bytes.js';
import { SourceError } from '../../sources/source.js';
import { faultText } from '../faults.js';
import { createInbox, type Inbox } from '../inbox.js';
import { createPatience } from '../patience.js';
import type { OpenedSource, SourceIo } from '../plugin.js';
import type { ConnectSocket, Socket } from './client.js';

export interface TailOptions {
  /** Address, with the token. */
  readonly address: string;
  readonly connect: ConnectSocket;
  /** Milliseconds without a sign of life, after which a connection counts as dead. */
  readonly silence: number;
  readonly maxEventSize: number;
  readonly clusterName: string | undefined;
  readonly io: Pick<SourceIo, 'log' | 'drop'>;
}

const LIMIT = { items: 10_000, bytes: 64 * 1024 * 1024 };
const FULL_MS = 100;

/** The address as it may be said. */
export const withoutToken = (address: string): string =>
  address.replace(/([?&](?:tk|token)=)[^&\s]*/gi, '$1***');

export function openTail(options: TailOptions): OpenedSource {
  const { address, io } = options;
  const name = withoutToken(address);
  const counts = { frames: 0, connections: 0 };

  /** Frames of one connection; ends when it is lost. */
  async function* session(signal: AbortSignal): AsyncGenerator<readonly string[]> {
    const inbox = createInbox<string>(LIMIT);
    const socket = options.connect(address);
    const watch = watched(socket, options.silence);
    let isOver = false;
    socket.on('open', () => {
      counts.connections++;
      io.log('info', `connected to ${name}`);
    });
    socket.on('message', (data) => {
      counts.frames++;
      offer(socket, inbox, data.toString(), () => isOver);
    });
    socket.on('unexpected-response', (request, { statusCode = 0 }) => {
      request.destroy();
      inbox.close(new HandshakeError(statusCode));
    });
    socket.on('error', (error) => inbox.close(error));
    socket.on('close', (code) => inbox.close(new Error(`the connection was closed (${code})`)));
    try {
      for (let taken = await inbox.take(signal); taken.length > 0; taken = await inbox.take(signal))
        yield taken;
    } finally {
      isOver = true;
      watch.stop();
      socket.terminate();
    }
  }

  return {
    maxEventSize: options.maxEventSize,
    ...(options.clusterName !== undefined && { clusterName: options.clusterName }),
    async *batches(signal) {
      const patience = createPatience();
      while (!signal.aborted) {
        try {
          for await (const payloads of session(signal)) {
            patience.reset();
            yield { payloads, position: undefined };
          }
        } catch (error) {
          if (signal.aborted) return;
          const isRefused = error instanceof HandshakeError && [401, 403].includes(error.status);
          const text = `${name}: ${withoutToken(faultText(error))}`;
          if (isRefused && counts.connections === 0) throw new SourceError(text, { cause: error });
          if (counts.connections > 0) io.drop('gap');
          io.log('warning', `${text}; connecting again, what is sent meanwhile is lost`, 'trouble');
          await patience.wait(signal, isRefused ? 60_000 : 0);
        }
      }
    },
    summary: () => [`${name}: ${counts.frames} frames over ${counts.connections} connections`],
    series: () => [
      {
        name: 'tsfalco_ovh_frames_total',
        type: 'counter',
        help: 'Frames of the tail.',
        labels: { tail: toBytes(name) },
        value: counts.frames,
      },
      {
        name: 'tsfalco_ovh_connections_total',
        type: 'counter',
        help: 'Connections to the tail; between two of them events are lost.',
        labels: { tail: toBytes(name) },
        value: counts.connections,
      },
    ],
  };
}

/** The service does not let the connection be made. */
class HandshakeError extends Error {
  readonly status: number;

  constructor(status: number) {
    const meaning = status === 401 || status === 403 ? ': the token is refused' : '';
    super(`the service answers ${status}${meaning}`);
    this.status = status;
  }
}

// Where there is no room, the sender waits.
function offer(socket: Socket, inbox: Inbox<string>, frame: string, isOver: () => boolean): void {
  if (inbox.push(frame, frame.length)) return;
  socket.pause();
  const retry = (): void => {
    if (inbox.push(frame, frame.length)) socket.resume();
    else if (!isOver()) setTimeout(retry, FULL_MS).unref();
  };
  setTimeout(retry, FULL_MS).unref();
}

/** Ends connections that show no sign of life. */
function watched(socket: Socket, silence: number): { stop(): void } {
  let isAlive = true;
  const live = (): void => {
    isAlive = true;
  };
  socket.on('message', live);
  socket.on('pong', live);
  socket.on('open', live);
  let isOpen = false;
  socket.on('open', () => {
    isOpen = true;
  });
  const timer = setInterval(() => {
    if (!isOpen) return;
    if (!isAlive) socket.terminate();
    isAlive = false;
    socket.ping();
  }, silence / 2);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
