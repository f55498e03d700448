// A server's connections and the requests on them: who is let stay when all places are taken, what is said of broken
// requests, and how it all ends. Every stranger can open connections, so the number and the log are bounded.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { limitConnections } from '../../connections.js';
import { errorText } from '../go-error.js';
import type { SourceLog } from '../source.js';
import { clientFault } from './client-fault.js';
import type { Refusals } from './refusals.js';

export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  stopping: () => boolean,
) => Promise<void>;

export interface ConnectionOptions {
  /** Half of them may come from one address. */
  readonly maxConnections: number;
  readonly refusals: Refusals;
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
export function serveRequests(server: Server, options: ConnectionOptions, handle: Handler): Requests {
  const { maxConnections: most, refusals, log } = options;
  const running = new Set<Promise<void>>();
  const connections = limitConnections(server, {
    most,
    mostOfAddress: Math.ceil(most / 2),
    onClosed: ({ remoteAddress: from }, limit) => {
      const all = limit === most ? 'in all' : 'from one address';
      const what = `one connection of more than ${limit} ${all}, the one idle longest`;
      refusals.refuse({ reason: 'connections', what, from });
    },
  });
  let stopped: Promise<void> | undefined;

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const answered = handle(request, response, () => stopped !== undefined)
      .then(() => {
        if (response.statusCode === OK) connections.use(request.socket);
      })
      .catch((error: unknown) => {
        log('error', `request failed: ${errorText(error)}`);
        response.destroy();
      })
      .finally(() => running.delete(answered));
    running.add(answered);
  };
  server.on('request', onRequest).on('checkContinue', onRequest).on('checkExpectation', onRequest);
  server.on('connect', ({ socket: { remoteAddress: from } }: IncomingMessage, socket: Duplex) => {
    refusals.refuse({ reason: 'method', status: 405, what: 'a CONNECT', from });
    answerFault(socket, [405, 'Method Not Allowed']);
  });
  server.on('clientError', (error: Error, socket: Duplex) => {
    const from = socket instanceof Socket ? socket : undefined;
    const fault = clientFault(error, socket, from !== undefined && connections.spoke(from));
    if (fault !== undefined)
      refusals.refuse({ ...fault, status: fault.status?.[0], from: from?.remoteAddress });
    answerFault(socket, fault?.status);
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

function answerFault(socket: Duplex, status: readonly [number, string] | undefined): void {
  if (status === undefined || !socket.writable) socket.destroy();
  else
    socket.end(`HTTP/1.1 ${status.join(' ')}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
      socket.destroy(),
    );
}
