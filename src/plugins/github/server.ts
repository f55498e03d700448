// The web hook: signed requests of GitHub → batches of deliveries. A delivery is answered when its alerts have left, so that
// GitHub shows what was lost as failed (spec: plugins.md §3.3).

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { SourceError } from '../../sources/source.js';
import { faultText } from '../faults.js';
import { createInbox } from '../inbox.js';
import type { OpenedSource, SourceIo } from '../plugin.js';
import { type Delivery, payloadOf } from './delivery.js';
import type { GithubSettings } from './settings.js';

export interface HookOptions {
  readonly host: string;
  readonly port: number;
  /** PEM; undefined: without TLS. */
  readonly identity: { readonly key: string; readonly cert: string } | undefined;
  readonly secret: string;
  readonly settings: GithubSettings;
  readonly io: Pick<SourceIo, 'log' | 'drop'>;
  /** Hears of the port when it is open. */
  readonly onListening?: (port: number) => void;
}

interface Pending {
  readonly payload: string;
  answer(status: number): void;
}

const LIMIT = { items: 256, bytes: 64 * 1024 * 1024 };
const LIMITS = { headersTimeout: 10_000, requestTimeout: 30_000, maxHeaderSize: 16_384 };
/** GitHub gives a delivery up after 10 s. */
const ANSWER_MS = 8000;
const MOST_KNOWN = 10_000;

export function serveHook(options: HookOptions): OpenedSource {
  const { settings, io } = options;
  const inbox = createInbox<Pending>(LIMIT);
  const known = new Set<string>();
  const counts = { received: 0, refused: 0, twice: 0 };

  function refuse(response: ServerResponse, status: number, why: string, from: string | undefined): void {
    counts.refused++;
    io.drop('refused');
    io.log(
      'warning',
      `[github] a request from ${from ?? 'somewhere'} is refused: ${why}`,
      `refused ${status}`,
    );
    response.writeHead(status, { connection: 'close' }).end();
  }

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const from = request.socket.remoteAddress;
    const path = settings.webhook_path;
    if (path !== '' && request.url?.split('?')[0] !== path)
      return refuse(response, 404, 'another path', from);
    if (request.method !== 'POST') return refuse(response, 405, 'no POST', from);
    const body = await readBody(request, settings.max_body_size);
    if (body === undefined) return refuse(response, 413, `larger than ${settings.max_body_size} bytes`, from);
    const signature = headerOf(request, 'x-hub-signature-256');
    if (!isSigned(body, signature, options.secret))
      return refuse(response, 401, 'the signature is wrong', from);
    const delivery: Delivery = {
      type: headerOf(request, 'x-github-event'),
      contentType: headerOf(request, 'content-type'),
      body: body.toString(),
    };
    const fault = faultOf(delivery);
    if (fault !== undefined) return refuse(response, 400, fault, from);
    counts.received++;
    const id = headerOf(request, 'x-github-delivery');
    if (known.has(id)) {
      counts.twice++;
      response.writeHead(200).end();
      return;
    }
    const pending = pendingOf(delivery, response);
    if (inbox.push(pending, body.length)) remember(id);
    else refuse(response, 503, 'too much at once', from);
  }

  function remember(id: string): void {
    if (id !== '') known.add(id);
    if (known.size > MOST_KNOWN) known.delete(known.values().next().value!);
  }

  return {
    maxEventSize: settings.max_event_size,
    async *batches(signal) {
      const server = options.identity
        ? createSecureServer({ ...LIMITS, ...options.identity })
        : createServer(LIMITS);
      server.on('request', (request: IncomingMessage, response: ServerResponse) => {
        receive(request, response).catch((error: unknown) =>
          refuse(response, 400, faultText(error), undefined),
        );
      });
      await listen(server, options);
      const stop = (): void => inbox.close();
      signal.addEventListener('abort', stop, { once: true });
      try {
        for (let taken = await inbox.take(signal); taken.length > 0; taken = await inbox.take(signal))
          yield { payloads: taken.map(({ payload }) => payload), position: taken };
      } finally {
        server.close();
        server.closeIdleConnections();
      }
    },
    commit(position) {
      for (const { answer } of position as readonly Pending[]) answer(200);
    },
    summary: () => [
      `github: ${counts.received} deliveries received, ${counts.twice} of them twice, ${counts.refused} requests refused`,
    ],
  };
}

function pendingOf(delivery: Delivery, response: ServerResponse): Pending {
  const answer = (status: number): void => {
    clearTimeout(timer);
    if (!response.writableEnded) response.writeHead(status).end();
  };
  const timer = setTimeout(() => answer(202), ANSWER_MS);
  return { payload: JSON.stringify(delivery), answer };
}

const headerOf = ({ headers }: IncomingMessage, name: string): string => [headers[name] ?? ''].flat()[0]!;

/** undefined: it is too large. */
async function readBody(request: IncomingMessage, most: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isSigned(body: Buffer, signature: string, secret: string): boolean {
  const wanted = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  const given = Buffer.from(signature);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function faultOf(delivery: Delivery): string | undefined {
  if (delivery.type === '') return 'no X-GitHub-Event';
  try {
    payloadOf(delivery);
    return undefined;
  } catch (error) {
    return faultText(error);
  }
}

async function listen(
  server: ReturnType<typeof createServer>,
  { host, port, onListening }: HookOptions,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new SourceError(`[github] the web hook cannot be served: ${faultText(error)}`, { cause: error }),
      ),
    );
    server.listen({ port, ...(host !== '' && { host }) }, resolve);
  });
  const address = server.address();
  if (typeof address === 'object' && address !== null) onListening?.(address.port);
}
