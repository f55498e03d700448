// The web hook of API servers: an HTTP or HTTPS server → batches of request bodies. Answers to OpenWebServer in Falco's
// k8saudit plugin. Better than there: limits on time, headers and connections, client certificates and tokens, and
// nothing that was answered with 200 is lost at shutdown.

import { createServer as createHttpServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { BACKLOG } from '../../connections.js';
import type { Envelope } from '../../plugins/plugin.js';
import type { Drops } from '../drops.js';
import { errorText } from '../go-error.js';
import { type Batch, SourceError } from '../source.js';
import type { WebhookAddress } from './address.js';
import { createBodyQueue } from './body-queue.js';
import { serveRequests } from './connections.js';
import { createTakenIds } from './firehose.js';
import { resolveHost } from './host.js';
import { createJudge, WHOLE } from './judge.js';
import { createPayloads } from './payloads.js';
import { createBodyReader, SMALL } from './read-body.js';
import type { Refusals } from './refusals.js';
import { handleRequest } from './request.js';
import { createGate, type Gate, readIdentity, type SecretsOptions } from './secrets.js';

export interface WebhookOptions extends SecretsOptions {
  /** Largest request body, bytes. */
  readonly maxBody: number;
  /** Largest event, bytes of compact JSON. */
  readonly maxEventSize: number;
  /** Counts what of an accepted body is dropped. */
  readonly drops?: Pick<Drops, 'add'> | undefined;
  /** What its bodies must hold to be let in. */
  readonly envelope: Envelope;
  /** Hears of what is not taken. */
  readonly refusals: Refusals;
  /** Connections that may be open; 512 if not given. */
  readonly maxConnections?: number | undefined;
}

const CAPACITY = 50;
/** An event's text within a text, and the object around it, take more than the event. */
const ESCAPED = 1.5;
const PATIENCE_MS = 5000;
const MAX_CONNECTIONS = 512;
const ANYWHERE = new Set(['', '0.0.0.0', '::']);

const LIMITS: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  // Longer than API servers keep an idle connection, so that they never write into one that is being closed.
  keepAliveTimeout: 120_000,
  connectionsCheckingInterval: 2000,
  maxHeaderSize: 16_384,
  // It is refused where that is said.
  requireHostHeader: false,
};

/** Bodies of requests until the abort, then of those that were accepted before. Errors: SourceError. */
export async function* serveWebhook(
  address: WebhookAddress,
  options: WebhookOptions,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const gate = await createGate(options);
  try {
    const { server, release } = await createServer(address, options);
    try {
      yield* receive(server, address, options, gate.allows, signal);
    } finally {
      release();
    }
  } finally {
    gate.stop();
  }
}

async function* receive(
  server: Server,
  address: WebhookAddress,
  options: WebhookOptions,
  allows: Gate['allows'],
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const { refusals, log, maxConnections = MAX_CONNECTIONS } = options;
  const queue = createBodyQueue({
    capacity: CAPACITY,
    small: SMALL,
    patienceMs: PATIENCE_MS,
    portion: WHOLE,
  });
  const largest = Math.max(options.maxEventSize * ESCAPED, WHOLE);
  const request = {
    path: address.path,
    allows,
    bodies: createBodyReader({
      maxBody: options.maxBody,
      setting: 'webhookMaxBatchSize',
      patienceMs: PATIENCE_MS,
    }),
    judge: createJudge({ maxEventSize: options.maxEventSize, largest, envelope: options.envelope }),
    payloads: createPayloads({ largest, log, drops: options.drops }),
    queue,
    refusals,
    taken: createTakenIds(),
    maxBody: options.maxBody,
    onFault(text: string): void {
      options.drops?.add('damaged');
      log('error', text, 'damaged');
    },
  };
  const requests = serveRequests(server, { maxConnections, refusals, log }, (incoming, response, stopping) =>
    handleRequest(incoming, response, request, stopping),
  );
  await listen(server, address);
  if (isOpenToAll(address, options)) log('warning', openToAll(address.port));
  const stop = (): void => void requests.stop().then(queue.close);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    for (let payloads = await queue.take(); payloads !== undefined; payloads = await queue.take()) {
      yield { payloads, position: undefined };
    }
  } finally {
    signal.removeEventListener('abort', stop);
    queue.close();
    await requests.stop();
  }
}

interface Opened {
  readonly server: Server;
  /** The files are no longer looked at. */
  readonly release: () => void;
}

async function createServer(address: WebhookAddress, options: WebhookOptions): Promise<Opened> {
  if (!address.secure) return { server: createHttpServer(LIMITS), release: () => {} };
  const identity = await readIdentity(options, (renewed) => server.setSecureContext(renewed));
  const clients =
    options.clientAuthority === undefined ? {} : { requestCert: true, rejectUnauthorized: true };
  const server = createHttpsServer({
    ...LIMITS,
    ...identity.current(),
    handshakeTimeout: 10_000,
    ...clients,
  });
  return { server, release: identity.stop };
}

function isOpenToAll({ host }: WebhookAddress, { tokenFile, clientAuthority }: WebhookOptions): boolean {
  return ANYWHERE.has(host) && tokenFile === undefined && clientAuthority === undefined;
}

function openToAll(port: number | undefined): string {
  const ways = 'set webhook_token_file or webhook_client_ca in init_config, or listen on one address';
  return `everyone who reaches port ${port} of this machine can send events, invented ones too: ${ways}`;
}

async function listen(server: Server, { host, port }: WebhookAddress): Promise<void> {
  if (port === undefined) throw new SourceError(`listen tcp: address ${host}: missing port in address`);
  const address = await resolveHost(host);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const text = `listen tcp ${joinHostPort(address ?? '', port)}: bind: ${errorText(error)}`;
      reject(new SourceError(text, { cause: error }));
    });
    server.listen({ port, backlog: BACKLOG, ...(address !== undefined && { host: address }) }, resolve);
  });
}

function joinHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
