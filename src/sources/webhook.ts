// The web hook of API servers: an HTTP or HTTPS server → batches of request bodies. Answers to OpenWebServer in Falco's
// k8saudit plugin. Better than there: limits on time, headers and connections, client certificates and tokens, and
// nothing that was answered with 200 is lost at shutdown.

import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { type ByteString, toBytes } from '../bytes.js';
import { createBodyQueue } from './body-queue.js';
import { createCalmLog } from './calm-log.js';
import { errorCode, errorText, pathError } from './go-error.js';
import { systemPath } from './input.js';
import { type Batch, SourceError, type SourceLog } from './source.js';
import { resolveHost, type WebhookAddress } from './webhook-address.js';
import { handleRequest } from './webhook-request.js';

export interface WebhookOptions {
  /** Largest request body, bytes. */
  readonly maxBody: number;
  /** PEM file with private key and certificate chain, for https. */
  readonly certificate: ByteString;
  /** PEM file with the authorities whose client certificates are let in; https only. */
  readonly clientAuthority?: ByteString | undefined;
  /** File with the token that requests must bring (`Authorization: Bearer …`). */
  readonly tokenFile?: ByteString | undefined;
  readonly log: SourceLog;
}

const CAPACITY = 50;
/** Largest bodies that may be in memory at once. */
const HELD_BODIES = 8;
const PATIENCE_MS = 5000;
const PORTION = 4 * 1024 * 1024;
/** How long requests under way may take once the source is asked to stop. */
const SHUTDOWN_MS = 5000;
const MAX_CONNECTIONS = 512;

const LIMITS: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  // Longer than API servers keep an idle connection, so that they never write into one that is being closed.
  keepAliveTimeout: 120_000,
  connectionsCheckingInterval: 2000,
  maxHeaderSize: 16_384,
};

/** Bodies of requests until the abort, then of those that were accepted before. Errors: SourceError. */
export async function* serveWebhook(
  address: WebhookAddress,
  options: WebhookOptions,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const log = createCalmLog(options.log);
  const { maxBody } = options;
  const queue = createBodyQueue({
    capacity: CAPACITY,
    maxBytes: HELD_BODIES * Math.max(maxBody, PORTION),
    patienceMs: PATIENCE_MS,
    portion: PORTION,
  });
  const allows = await createGate(options.tokenFile);
  const request = { path: address.path, maxBody, queue, allows, log };
  const server = await createServer(address, options);
  const requests = serveRequests(
    server,
    (req, res, stopping) => handleRequest(req, res, request, stopping),
    log,
  );
  await listen(server, address);

  const stop = (): void => void requests.stop().then(queue.close);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    for (let bodies = await queue.take(); bodies !== undefined; bodies = await queue.take()) {
      yield { payloads: bodies, position: undefined };
    }
  } finally {
    signal.removeEventListener('abort', stop);
    queue.close();
    await requests.stop();
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse, stopping: () => boolean) => Promise<void>;

interface Requests {
  /** Takes no more connections; resolves when the requests under way have their answers, or after a time. */
  stop(): Promise<void>;
}

function serveRequests(server: Server, handle: Handler, log: SourceLog): Requests {
  const running = new Set<Promise<void>>();
  let stopped: Promise<void> | undefined;

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const answered = handle(request, response, () => stopped !== undefined)
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
  server.on('drop', () => log('error', `connection refused: more than ${MAX_CONNECTIONS} are open`));

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

async function createServer(address: WebhookAddress, options: WebhookOptions): Promise<Server> {
  const server = address.secure ? await createSecureServer(options) : createHttpServer(LIMITS);
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}

async function createSecureServer({ certificate, clientAuthority }: WebhookOptions): Promise<Server> {
  const pem = await readText(certificate);
  const ca = clientAuthority === undefined ? undefined : await readText(clientAuthority);
  const clients = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true };
  try {
    return createHttpsServer({
      ...LIMITS,
      key: pem,
      cert: pem,
      handshakeTimeout: 10_000,
      minVersion: 'TLSv1.2',
      ...clients,
    });
  } catch (error) {
    throw new SourceError(`cannot use certificate and key in ${certificate}: ${errorText(error)}`, {
      cause: error,
    });
  }
}

// Hashes are compared, so that the time it takes says nothing about the token.
async function createGate(
  tokenFile: ByteString | undefined,
): Promise<(authorization: string | undefined) => boolean> {
  if (tokenFile === undefined) return () => true;
  const token = (await readText(tokenFile)).trim();
  if (token === '') throw new SourceError(`no token in ${tokenFile}`);
  const hash = (text: string): Buffer => createHash('sha256').update(text, 'latin1').digest();
  const expected = hash(`Bearer ${token}`);
  return (authorization = '') => timingSafeEqual(hash(authorization), expected);
}

async function readText(path: ByteString): Promise<string> {
  try {
    return await readFile(systemPath(path), 'latin1');
  } catch (error) {
    throw new SourceError(pathError('open', path, error), { cause: error });
  }
}

async function listen(server: Server, { host, port }: WebhookAddress): Promise<void> {
  if (port === undefined) throw new SourceError(`listen tcp: address ${host}: missing port in address`);
  const address = await resolveHost(host);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const text = `listen tcp ${joinHostPort(address ?? '', port)}: bind: ${errorText(error)}`;
      reject(new SourceError(text, { cause: error }));
    });
    server.listen({ port, ...(address !== undefined && { host: address }) }, resolve);
  });
}

function joinHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
