// The web hook: signed requests of GitHub → batches of deliveries. A delivery is answered when its alerts have left, so that
// GitHub shows what was lost as failed (spec: plugins.md §3.3).

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { toBytes } from '../../bytes.js';
import { BACKLOG } from '../../connections.js';
import { SourceError } from '../../sources/source.js';
import { type Answer, noRoom, OK, STOPPING, send } from '../../sources/webhook/answer.js';
import { serveRequests } from '../../sources/webhook/connections.js';
import { createBodyReader, isBody } from '../../sources/webhook/read-body.js';
import { createRefusals, type RefusalReason, shown } from '../../sources/webhook/refusals.js';
import { counters } from '../counters.js';
import { faultText } from '../faults.js';
import { createInbox } from '../inbox.js';
import type { OpenedSource, SourceIo } from '../plugin.js';
import { type Delivery, payloadOf } from './delivery.js';
import type { GithubSettings } from './settings.js';
import { createUnderway, type Leaving } from './underway.js';

export interface HookOptions {
  readonly host: string;
  readonly port: number;
  /** PEM; undefined: without TLS. */
  readonly identity: { readonly key: string; readonly cert: string } | undefined;
  readonly secret: string;
  readonly settings: GithubSettings;
  readonly io: Pick<SourceIo, 'log'>;
  /** How long a delivery may take until its alerts have left, milliseconds; 8000 if not given. */
  readonly answerMs?: number;
  /** Hears of the port when it is open. */
  readonly onListening?: (port: number) => void;
}

const LIMIT = { items: 256, bytes: 64 * 1024 * 1024 };
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2000,
  maxHeaderSize: 16_384,
};
const MAX_CONNECTIONS = 512;
const PATIENCE_MS = 5000;
/** GitHub gives a delivery up after 10 s. */
const ANSWER_MS = 8000;

export function serveHook(options: HookOptions): OpenedSource {
  const { settings, io, secret, answerMs = ANSWER_MS } = options;
  const inbox = createInbox<Leaving>(LIMIT);
  const underway = createUnderway((leaving) => inbox.push(leaving, leaving.payload.length));
  const path = settings.webhook_path;
  const refusals = createRefusals({ source: 'github', path: toBytes(path === '' ? '/' : path), log: io.log });
  const bodies = createBodyReader({
    maxBody: settings.max_body_size,
    setting: 'max_body_size',
    patienceMs: PATIENCE_MS,
  });

  async function takeBody(request: IncomingMessage): Promise<Answer> {
    const body = await bodies.read(request);
    if (!isBody(body)) return body;
    try {
      if (!isSigned(body.bytes, headerOf(request, 'x-hub-signature-256'), secret)) return UNSIGNED;
      const delivery: Delivery = {
        type: headerOf(request, 'x-github-event'),
        contentType: headerOf(request, 'content-type'),
        body: body.bytes.toString(),
      };
      const fault = faultOf(delivery);
      if (fault !== undefined) return refusal(400, 'no_event', `a delivery that cannot be read: ${fault}`);
      const left = underway.deliver(headerOf(request, 'x-github-delivery'), () => JSON.stringify(delivery));
      if (left === undefined) return noRoom('a delivery for which there was no room in the queue');
      return (await isInTime(left, answerMs)) ? OK : OVERDUE;
    } finally {
      body.release();
    }
  }

  async function receive(request: IncomingMessage, response: ServerResponse, stopping: () => boolean) {
    const head = stopping() ? STOPPING : refuseHead(request, path);
    const answer = head ?? (await takeBody(request));
    if (answer === OK) refusals.accept();
    else if (answer.refusal !== undefined)
      refusals.refuse({
        ...answer.refusal,
        status: answer.status,
        from: request.socket.remoteAddress,
      });
    await send(request, response, answer);
  }

  return {
    maxEventSize: settings.max_event_size,
    async *batches(signal) {
      const server = options.identity
        ? createSecureServer({ ...LIMITS, handshakeTimeout: 10_000, ...options.identity })
        : createServer(LIMITS);
      const limits = { maxConnections: MAX_CONNECTIONS, refusals, log: io.log };
      const requests = serveRequests(server, limits, receive);
      await listen(server, options);
      const stop = (): void => inbox.close();
      signal.addEventListener('abort', stop, { once: true });
      try {
        for (let taken = await inbox.take(signal); taken.length > 0; taken = await inbox.take(signal))
          yield { payloads: taken.map(({ payload }) => payload), position: taken };
      } finally {
        signal.removeEventListener('abort', stop);
        await requests.stop();
      }
    },
    commit(position) {
      for (const { left } of position as readonly Leaving[]) left();
    },
    series: () => [
      ...refusals.series(),
      ...counters(
        'github',
        {},
        {
          repeats: ['Deliveries that came again, and were read once.', underway.twice()],
        },
      ),
    ],
    summary: () => [
      ...refusals.summary(),
      ...(underway.twice() > 0
        ? [`github: ${underway.twice()} deliveries came again, and were read once`]
        : []),
    ],
  };
}

const refusal = (status: number, reason: RefusalReason, what: string): Answer => ({
  status,
  text: '',
  refusal: { reason, what: toBytes(what) },
});

const UNSIGNED = refusal(401, 'signature', 'a request whose signature is wrong');
/** GitHub then shows it as failed, and sends it again when it is asked to; what has left until then is not read again. */
const OVERDUE = refusal(503, 'overdue', 'a delivery whose alerts had not left in time');

function refuseHead({ url = '', method = '' }: IncomingMessage, path: string): Answer | undefined {
  if (path !== '' && url.split('?')[0] !== path)
    return refusal(404, 'path', `a ${shown(method)} for '${shown(url)}'`);
  return method === 'POST' ? undefined : refusal(405, 'method', `a ${shown(method)} for '${shown(url)}'`);
}

/** Whether it is settled before GitHub gives up. */
async function isInTime(left: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  const inTime = await Promise.race([left.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}

const headerOf = ({ headers }: IncomingMessage, name: string): string => [headers[name] ?? ''].flat()[0]!;

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

async function listen(server: Server, { host, port, onListening }: HookOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new SourceError(`[github] the web hook cannot be served: ${faultText(error)}`, { cause: error }),
      ),
    );
    server.listen({ port, backlog: BACKLOG, ...(host !== '' && { host }) }, resolve);
  });
  const address = server.address();
  if (typeof address === 'object' && address !== null) onListening?.(address.port);
}
