// A server's connections and the requests on them: who is let stay when all places are taken, what is said of broken
// requests, and how it all ends. Every stranger can open connections, so the number and the log are bounded.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { type ByteString, toBytes } from '../../bytes.js';
import { errorCode, errorText } from '../go-error.js';
import type { SourceLog } from '../source.js';

export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  stopping: () => boolean,
) => Promise<void>;

export interface ConnectionOptions {
  readonly maxConnections: number;
  readonly log: SourceLog;
}

export interface Requests {
  /** Takes no more connections; resolves when the requests under way have their answers, or after a time. */
  stop(): Promise<void>;
}

/** How long requests under way may take once the source is asked to stop. */
const SHUTDOWN_MS = 5000;
const OK = 200;

/** Hands the requests of a server to a handler. */
export function serveRequests(
  server: Server,
  { maxConnections, log }: ConnectionOptions,
  handle: Handler,
): Requests {
  const running = new Set<Promise<void>>();
  const guard = guardConnections(server, maxConnections, log);
  let stopped: Promise<void> | undefined;

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const answered = handle(request, response, () => stopped !== undefined)
      .then(() => {
        if (response.statusCode === OK) guard.trust(request.socket);
      })
      .catch((error: unknown) => {
        log('error', `request failed: ${errorText(error)}`);
        response.destroy();
      })
      .finally(() => running.delete(answered));
    running.add(answered);
  };
  server.on('request', onRequest).on('checkContinue', onRequest);
  server.on('clientError', (error: Error, socket: Duplex) => {
    const { text, status } = clientFault(error, socket);
    if (status !== undefined) log('error', text);
    if (!status || !socket.writable) socket.destroy();
    else
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
        socket.destroy(),
      );
  });

  async function shutDown(): Promise<void> {
    server.close();
    server.closeIdleConnections();
    const all = async (): Promise<void> => {
      while (running.size > 0) await Promise.all(running);
    };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, SHUTDOWN_MS);
    });
    await Promise.race([all(), late]);
    clearTimeout(timer);
    server.closeAllConnections();
  }

  return { stop: () => (stopped ??= shutDown()) };
}

interface Guard {
  /** A request on this connection was accepted: it stays. */
  trust(socket: Socket): void;
}

// When there are too many, the one goes that has been open longest without an accepted request. So whoever keeps
// connections busy with nothing makes room for senders that come anew, and those that are known stay.
function guardConnections(server: Server, most: number, log: SourceLog): Guard {
  const strangers = new Map<string, Socket>();
  let open = 0;
  server.on('connection', (socket: Socket) => {
    const name = nameOf(socket);
    open++;
    strangers.set(name, socket);
    socket.once('close', () => {
      open--;
      if (strangers.get(name) === socket) strangers.delete(name);
    });
    if (open <= most) return;
    const [oldest] = strangers;
    log('error', `more than ${most} connections: one without a request is closed`);
    strangers.delete(oldest![0]);
    oldest![1].destroy();
  });
  return { trust: (socket) => void strangers.delete(nameOf(socket)) };
}

// The same for a connection and for the TLS on top of it.
function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

// What a connection did wrong, and the status it gets; '': none, it speaks no HTTP yet; undefined: it is just gone.
function clientFault(
  error: Error,
  socket: Duplex,
): { readonly text: ByteString; readonly status: string | undefined } {
  const code = errorCode(error) ?? '';
  if (socket instanceof TLSSocket && socket.authorizationError) {
    return { text: `client certificate refused: ${toBytes(String(socket.authorizationError))}`, status: '' };
  }
  if (code === 'ECONNRESET') return { text: 'connection reset by peer', status: undefined };
  if (code === 'HPE_HEADER_OVERFLOW') {
    return { text: 'bad request: headers too large', status: '431 Request Header Fields Too Large' };
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { text: 'bad request: took too long', status: '408 Request Timeout' };
  }
  if (code.startsWith('HPE_')) return { text: 'bad request: malformed HTTP', status: '400 Bad Request' };
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
  return { text: `bad TLS handshake: ${toBytes(reason)}`, status: '' };
}
