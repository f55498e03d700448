// One request to the web hook → its body in the queue and an answer. Better than in Falco's k8saudit plugin: 200 only for
// a body in which there is an event, and after it is accepted for evaluation; 503 when there is no room; what is refused
// is counted and said.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, noRoom, OK, STOPPING, send } from './answer.js';
import type { BodyQueue } from './body-queue.js';
import type { Body } from './collect.js';
import { type HeadOptions, refuseHead } from './head.js';
import type { Judge } from './judge.js';
import type { Payloads } from './payloads.js';
import { type BodyReader, isBody } from './read-body.js';
import type { Refusals } from './refusals.js';

export interface RequestOptions extends HeadOptions {
  readonly bodies: BodyReader;
  readonly judge: Judge;
  readonly payloads: Payloads;
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

async function takeBody(
  request: IncomingMessage,
  response: ServerResponse,
  options: RequestOptions,
  stopping: () => boolean,
): Promise<Answer> {
  if (request.headers.expect !== undefined) response.writeContinue();
  const body = await options.bodies.read(request);
  if (!isBody(body)) return body;
  const { fault, lines } = await options.judge.judge(body.bytes);
  if (fault !== undefined) {
    body.release();
    return noEvent(fault);
  }
  if (await options.queue.put(accepted(body, lines, options.payloads))) return OK;
  return stopping() ? STOPPING : noRoom('a body for which there was no room in the queue');
}

function accepted(body: Body, lines: boolean, payloads: Payloads) {
  return { bytes: body.bytes.length, payloads: payloads.of(body.bytes, lines), release: body.release };
}

function noEvent(fault: string): Answer {
  const what = `a body without an audit event: ${fault}`;
  return {
    status: 400,
    text: `no audit event in the body: ${fault}\n`,
    refusal: { reason: 'no_event', what },
  };
}
