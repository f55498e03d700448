// The answer to a request: statuses and texts of Falco's k8saudit plugin (spec: fields-and-sources.md §3.5) where it has
// them. Out: the answer on its way, also to a sender that is still sending.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ByteString } from '../../bytes.js';
import type { RefusalReason } from './refusals.js';

export interface Answer {
  /** undefined: nobody is there to read it. */
  readonly status: number | undefined;
  /** Byte string. */
  readonly text: ByteString;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a refusal: why, and what the log says of it. */
  readonly refusal?: { readonly reason: RefusalReason; readonly what: ByteString };
}

/** How long a sender whose request is refused may go on sending, so that it reads the answer. */
const LINGER_MS = 1000;
/** Senders of refused bodies up to this size keep their connection. */
const SMALL = 65_536;

export const OK: Answer = { status: 200, text: '' };

export function noRoom(what: ByteString): Answer {
  const refusal = { reason: 'no_room', what } as const;
  return { status: 503, text: 'queue is full\n', headers: { 'Retry-After': '1' }, refusal };
}

export const STOPPING: Answer = {
  status: 503,
  text: 'shutting down\n',
  headers: { Connection: 'close' },
  refusal: { reason: 'stopping', what: 'request dropped while shutting down server' },
};

/** Resolves when the answer is out, or the sender gone. */
export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const { status, text, headers } = answer;
  if (status === undefined || request.socket.destroyed) return Promise.resolve();
  const large = Number(request.headers['content-length'] ?? SMALL) >= SMALL;
  response.writeHead(status, {
    ...(text !== '' && { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' }),
    'Content-Length': text.length,
    ...(!request.complete && large && { Connection: 'close' }),
    ...headers,
  });
  return new Promise((resolve) => {
    response.on('close', resolve);
    if (request.complete) {
      response.end(text, 'latin1');
      return;
    }
    // A connection that is closed on a sender takes the answer with it. So the answer goes out first.
    response.write(text, 'latin1');
    const end = (): void => {
      clearTimeout(timer);
      response.end();
    };
    const timer = setTimeout(() => response.destroy(), LINGER_MS);
    request.on('end', end).on('close', end).resume();
  });
}
