// One request to the web hook → its body in the queue and an answer. Better than in Falco's k8saudit plugin: 200 only
// after the body is accepted for evaluation, 503 when there is no room; what is refused is counted and said.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ByteString } from '../../bytes.js';
import { type Answer, noRoom, OK, STOPPING, send } from './answer.js';
import type { BodyQueue } from './body-queue.js';
import { type HeadOptions, refuseHead } from './head.js';
import type { Refusals } from './refusals.js';

export interface RequestOptions extends HeadOptions {
  /** Largest body, bytes. */
  readonly maxBody: number;
  readonly queue: BodyQueue;
  readonly refusals: Refusals;
}

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
  const { refusals } = options;
  const from = request.socket.remoteAddress;
  const answer =
    (stopping() ? STOPPING : refuseHead(request, options)) ??
    (await takeBody(request, response, options, stopping));
  if (answer === OK) refusals.accept();
  else if (answer.refusal !== undefined) refusals.refuse({ ...answer.refusal, status: answer.status, from });
  await send(request, response, answer);
}

const GONE: Answer = {
  status: undefined,
  text: '',
  refusal: { reason: 'broken_off', what: 'a request that broke off in its body' },
};
const TOO_LARGE: Answer = {
  status: 400,
  text: 'bad request: http: request body too large\n',
  refusal: { reason: 'too_large', what: 'a body larger than webhookMaxBatchSize' },
};

async function takeBody(
  request: IncomingMessage,
  response: ServerResponse,
  options: RequestOptions,
  stopping: () => boolean,
): Promise<Answer> {
  if (request.headers.expect !== undefined) response.writeContinue();
  const body = await readBody(request, options);
  if (body === 'gone') return GONE;
  if (body === 'busy') return noRoom('no room for a body in memory');
  if (body === 'too large') return TOO_LARGE;
  if (await options.queue.put(body.text)) return OK;
  return stopping() ? STOPPING : noRoom('the queue is full');
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
