// One request to the web hook → its body in the queue and an answer, with the statuses and texts of Falco's k8saudit
// plugin (spec: fields-and-sources.md §3.5). Better than there: 200 only after the body is accepted for evaluation,
// 503 when there is no room, 401 where a token is asked for.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { posix } from 'node:path';
import type { ByteString } from '../../bytes.js';
import type { SourceLog } from '../source.js';
import type { BodyQueue } from './body-queue.js';

export interface RequestOptions {
  readonly path: ByteString;
  /** Largest body, bytes. */
  readonly maxBody: number;
  readonly queue: BodyQueue;
  /** Whether a request may come in, by its Authorization header. */
  readonly allows: (authorization: string | undefined) => boolean;
  readonly log: SourceLog;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How long a sender whose request is refused may go on sending, so that it reads the answer. */
const LINGER_MS = 1000;
/** Senders of refused bodies up to this size keep their connection. */
const SMALL = 65_536;

const OK: Answer = { status: 200, text: '' };
const NOT_FOUND: Answer = { status: 404, text: '404 page not found\n' };
const BUSY: Answer = { status: 503, text: 'queue is full\n', headers: { 'Retry-After': '1' } };
const STOPPING: Answer = { status: 503, text: 'shutting down\n', headers: { Connection: 'close' } };
const UNAUTHORIZED: Answer = {
  status: 401,
  text: 'unauthorized\n',
  headers: { 'WWW-Authenticate': 'Bearer' },
};

/**
 * Deals with one request; resolves when it has its answer or is gone.
 * @param stopping whether the source is being shut down
 */
export async function handleRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: RequestOptions,
  stopping: () => boolean,
): Promise<void> {
  const refusal = stopping() ? STOPPING : refuse(request, options);
  if (refusal !== undefined) return send(request, response, refusal);
  if (request.headers.expect !== undefined) response.writeContinue();
  const body = await readBody(request, options);
  switch (body) {
    case 'gone':
      return;
    case 'busy':
      return send(request, response, BUSY);
    case 'too large': {
      const text = 'bad request: http: request body too large';
      options.log('error', text);
      return send(request, response, { status: 400, text: `${text}\n` });
    }
  }
  if (await options.queue.put(body.text)) return send(request, response, OK);
  if (stopping()) options.log('error', 'request dropped while shutting down server ');
  return send(request, response, stopping() ? STOPPING : BUSY);
}

// What is wrong before the body is looked at.
function refuse(request: IncomingMessage, options: RequestOptions): Answer | undefined {
  const { method = '', url = '', headers } = request;
  const [rawPath = '', query] = splitUrl(url);
  const path = posix.normalize(rawPath);
  if (!rawPath.startsWith('/')) return NOT_FOUND;
  const served = decode(path);
  const withSlash = `${served}/` === options.path;
  if (path !== rawPath || withSlash) {
    const location = (withSlash ? `${path}/` : path) + (query === undefined ? '' : `?${query}`);
    return { status: 307, text: '', headers: { Location: location } };
  }
  const below = options.path.endsWith('/') && served.startsWith(options.path);
  if (served !== options.path && !below) return NOT_FOUND;
  if (!options.allows(headers.authorization)) return UNAUTHORIZED;
  if (method !== 'POST')
    return { status: 405, text: `${method} method not allowed\n`, headers: { Allow: 'POST' } };
  if (!headers['content-type']?.includes('application/json'))
    return { status: 400, text: 'wrong Content Type\n' };
  return undefined;
}

function splitUrl(url: string): readonly string[] {
  const path = url.startsWith('/') ? url : url.replace(/^[a-z]+:\/\/[^/?]*/i, '') || '/';
  const mark = path.indexOf('?');
  return mark < 0 ? [path] : [path.slice(0, mark), path.slice(mark + 1)];
}

function decode(path: string): ByteString {
  return path.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

type Body = { readonly text: ByteString } | 'gone' | 'too large' | 'busy';

function readBody(request: IncomingMessage, { maxBody, queue }: RequestOptions): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > maxBody) return Promise.resolve('too large');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (why: 'gone' | 'too large' | 'busy'): void => {
      queue.release(size);
      done(why);
    };
    const onData = (chunk: Buffer): void => {
      if (size + chunk.length > maxBody) fail('too large');
      else if (!queue.hold(chunk.length)) fail('busy');
      else {
        size += chunk.length;
        chunks.push(chunk);
      }
    };
    const onEnd = (): void => done({ text: Buffer.concat(chunks, size).toString('latin1') });
    const onGone = (): void => fail('gone');
    const done = (body: Body): void => {
      request.off('data', onData).off('end', onEnd).off('close', onGone);
      resolve(body);
    };
    request.on('data', onData).on('end', onEnd).on('close', onGone);
  });
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const { status, text, headers } = answer;
  if (request.socket.destroyed) return Promise.resolve();
  const large = Number(request.headers['content-length'] ?? SMALL) >= SMALL;
  response.writeHead(status, {
    ...(text !== '' && { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' }),
    'Content-Length': Buffer.byteLength(text),
    ...(!request.complete && large && { Connection: 'close' }),
    ...headers,
  });
  return new Promise((resolve) => {
    response.on('close', resolve);
    if (request.complete) {
      response.end(text);
      return;
    }
    // A connection that is closed on a sender takes the answer with it. So the answer goes out first.
    response.write(text);
    const end = (): void => {
      clearTimeout(timer);
      response.end();
    };
    const timer = setTimeout(() => response.destroy(), LINGER_MS);
    request.on('end', end).on('close', end).resume();
  });
}
