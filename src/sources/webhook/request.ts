// One request to the web hook → its body in the queue and an answer. Better than in Falco's k8saudit plugin: 200 only for
// a body in which there is an event, and after it is accepted for evaluation; 503 when there is no room; what is refused
// is counted and said.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, noRoom, OK, STOPPING, send } from './answer.js';
import type { BodyQueue } from './body-queue.js';
import type { Body } from './collect.js';
import { firehoseAnswer, firehoseId, readFirehose, type TakenIds } from './firehose.js';
import { type HeadOptions, refuseHead } from './head.js';
import type { Judge } from './judge.js';
import { readOtlp } from './otlp.js';
import type { Payloads } from './payloads.js';
import { type BodyReader, isBody } from './read-body.js';
import type { Refusals } from './refusals.js';

export interface RequestOptions extends HeadOptions {
  readonly bodies: BodyReader;
  readonly judge: Judge;
  readonly payloads: Payloads;
  readonly queue: BodyQueue;
  readonly refusals: Refusals;
  /** Requests of Firehose that were taken. */
  readonly taken: TakenIds;
  /** Largest body, bytes, also when what is in it is unpacked. */
  readonly maxBody: number;
  /** Hears of what is wrong with a part of a body that is taken. */
  readonly onFault: (text: string) => void;
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
  if (answer.status === OK.status) refusals.accept();
  else if (answer.refusal !== undefined) refusals.refuse({ ...answer.refusal, status: answer.status, from });
  const id = firehoseId(request);
  await send(request, response, id === undefined ? answer : firehoseAnswer(id, answer));
}

async function takeBody(
  request: IncomingMessage,
  response: ServerResponse,
  options: RequestOptions,
  stopping: () => boolean,
): Promise<Answer> {
  const id = firehoseId(request);
  // It has had no answer to the first try, and sends it again.
  if (id !== undefined && options.taken.has(id)) return OK;
  if (request.headers.expect !== undefined) response.writeContinue();
  const body = await options.bodies.read(request);
  if (!isBody(body)) return body;
  const given = id === undefined ? otlpEvents(body, options) : firehoseEvents(body, options);
  const answer =
    given === undefined ? NO_FIREHOSE : await takeEvents(given, id !== undefined, options, stopping);
  if (answer !== OK) body.release();
  else if (id !== undefined) options.taken.add(id);
  return answer;
}

/** @param reliable whether whoever sends it tries again until it is taken, so that nothing in it may stand in the way */
async function takeEvents(
  body: Body,
  reliable: boolean,
  { judge, queue, payloads }: RequestOptions,
  stopping: () => boolean,
): Promise<Answer> {
  const { fault, lines } = await judge.judge(body.bytes);
  if (fault !== undefined && !reliable) {
    body.release();
    return noEvent(fault);
  }
  if (await queue.put(accepted(body, lines, payloads))) return OK;
  return stopping() ? STOPPING : noRoom('a body for which there was no room in the queue');
}

/** undefined: it is none of Firehose's. */
function firehoseEvents(body: Body, { maxBody, onFault }: RequestOptions): Body | undefined {
  const read = readFirehose(body.bytes, maxBody);
  if (read === undefined) return undefined;
  for (const text of read.faults) onFault(`Firehose: ${text}`);
  return { ...body, bytes: linesOf(read.texts) };
}

function otlpEvents(body: Body, { onFault }: RequestOptions): Body {
  const read = readOtlp(body.bytes);
  if (read === undefined) return body;
  for (const text of read.faults) onFault(`OTLP: ${text}`);
  return { ...body, bytes: linesOf(read.texts) };
}

const linesOf = (texts: readonly string[]): Buffer => Buffer.from(texts.map((text) => `${text}\n`).join(''));

const NO_FIREHOSE: Answer = {
  status: 400,
  text: 'the body has no records of Firehose\n',
  refusal: { reason: 'no_event', what: 'a body without the records that Firehose sends' },
};

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
