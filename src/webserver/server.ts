// In: address, certificate, and functions that give the bodies. Out: a running health server with /healthz, /versions
// and /metrics (spec: cli-and-config.md §6.1). On node:http: four fixed answers need no framework. Everything a client
// may do is bounded: head, time, connections; bodies are not read. Answers to falco's webserver.cpp.

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { ByteString } from '../bytes.js';
import { BACKLOG, limitConnections } from '../connections.js';

export interface WebserverOptions {
  /** IPv4 or IPv6 literal. */
  readonly address: string;
  /** 0 takes a free port (tests). */
  readonly port: number;
  /** `k8s_healthz_endpoint`. */
  readonly healthzPath: string;
  /** Path of one PEM file with certificate and key, where `ssl_enabled`. */
  readonly certificate?: string;
  /** Body of /versions: one JSON object. */
  readonly versions: () => ByteString;
  /** Body of /metrics; undefined answers 404 (metrics off, or sources not yet open). */
  readonly metrics: () => ByteString | undefined;
  /** Body of /tsfalco/metrics: series that Falco does not have; undefined answers 404. */
  readonly ownMetrics?: (() => ByteString | undefined) | undefined;
}

export interface Webserver {
  /** The port it listens on. */
  readonly port: number;
  /** Stops listening and ends idle connections; requests that run are answered. */
  close(): Promise<void>;
}

/** The message stands between `Runtime error: ` and `. Exiting.`. */
class WebserverError extends Error {
  override readonly name = 'WebserverError';
}

interface Answer {
  readonly type: string;
  readonly body: ByteString;
}

const JSON_TYPE = 'application/json';
const PROMETHEUS_TYPE = 'text/plain; version=0.0.4';
const LIMITS = {
  maxHeaderSize: 16_384,
  headersTimeout: 5000,
  requestTimeout: 5000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
};
const CONNECTIONS = { most: 256, mostOfAddress: 128 };
const HANDSHAKE_MS = 5000;
const CLOSE_MS = 1000;

/** Starts to listen. Errors: WebserverError. */
export async function startWebserver(options: WebserverOptions): Promise<Webserver> {
  const answers = createAnswers(options);
  const server = createFor(options, (request, response) => {
    connections.use(request.socket);
    respond(answers, request, response);
  });
  // Whoever holds connections open stands in nobody's way: a probe that comes anew is let in.
  const connections = limitConnections(server, CONNECTIONS);
  await listen(server, options);
  // What goes wrong on one connection is no business of the run.
  server.on('error', () => {});
  return { port: (server.address() as AddressInfo).port, close: () => shut(server) };
}

function createAnswers(options: WebserverOptions): ReadonlyMap<string, () => Answer | undefined> {
  const text = (body: ByteString | undefined) =>
    body === undefined ? undefined : { type: PROMETHEUS_TYPE, body };
  return new Map<string, () => Answer | undefined>([
    ['/tsfalco/metrics', () => text(options.ownMetrics?.())],
    ['/metrics', () => text(options.metrics())],
    ['/versions', () => ({ type: JSON_TYPE, body: options.versions() })],
    [options.healthzPath, () => ({ type: JSON_TYPE, body: '{"status": "ok"}' })],
  ]);
}

function createFor(
  options: WebserverOptions,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  if (options.certificate === undefined) return createServer(LIMITS, handle);
  try {
    const pem = readFileSync(options.certificate);
    createSecureContext({ cert: pem, key: pem });
    return createTlsServer({ ...LIMITS, handshakeTimeout: HANDSHAKE_MS, cert: pem, key: pem }, handle);
  } catch (cause) {
    throw new WebserverError('invalid webserver configuration', { cause });
  }
}

function respond(
  answers: ReadonlyMap<string, () => Answer | undefined>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = request.url?.split(/[?#]/, 1)[0] ?? '';
  const known = request.method === 'GET' || request.method === 'HEAD' ? answers.get(path) : undefined;
  const answer = known?.();
  // A body that nobody reads would stand in the way of the next request.
  const extra = request.method === 'GET' || request.method === 'HEAD' ? {} : { Connection: 'close' };
  if (answer === undefined) {
    response.writeHead(404, { 'Content-Length': 0, ...extra }).end();
    return;
  }
  const body = Buffer.from(answer.body, 'latin1');
  response.writeHead(200, { 'Content-Type': answer.type, 'Content-Length': body.length }).end(body);
}

function listen(server: Server, { address, port }: WebserverOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new WebserverError('an error occurred while starting webserver', { cause }));
    });
    server.listen({ host: address, port, backlog: BACKLOG }, resolve);
  });
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
