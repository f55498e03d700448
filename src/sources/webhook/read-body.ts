// The body of a request, as it is or unpacked → the body in memory, or the answer that refuses it.

import type { IncomingMessage } from 'node:http';
import { type Answer, noRoom } from './answer.js';
import {
  type Body,
  type CollectOptions,
  type Collector,
  createCollector,
  createSlabs,
  type Failure,
} from './collect.js';
import { createRooms } from './rooms.js';
import { codingOf, createUnpacking, type Unpacking } from './unpack.js';

export interface BodyReader {
  read(request: IncomingMessage): Promise<Body | Answer>;
}

export interface BodyLimit {
  /** Largest body, bytes; packed and unpacked. */
  readonly maxBody: number;
  /** The setting that says so. */
  readonly setting: string;
  /** How long a body waits for a place, milliseconds. */
  readonly patienceMs: number;
}

type Options = Pick<CollectOptions, 'rooms' | 'slabs' | 'maxBody'> & Pick<BodyLimit, 'setting'>;

/** Bodies up to this size never wait for larger ones, bytes. */
export const SMALL = 64 * 1024;
const MEDIUM = 1024 * 1024;
/** Largest bodies that may be in memory at once. */
const HELD_BODIES = 2;

export function isBody(outcome: Body | Answer): outcome is Body {
  return 'bytes' in outcome;
}

/** Three rooms: what holds 64 KiB, 1 MiB, and the largest bodies. */
export function createBodyReader({ maxBody, setting, patienceMs }: BodyLimit): BodyReader {
  const rooms = [
    { upTo: SMALL, bytes: 128 * SMALL, graceMs: 0 },
    { upTo: MEDIUM, bytes: 12 * MEDIUM, graceMs: 1000 },
    { upTo: maxBody, bytes: HELD_BODIES * maxBody, graceMs: 1000 },
  ].filter(({ upTo }, i, all) => i === all.length - 1 || upTo < maxBody);
  const options = {
    rooms: createRooms(rooms, patienceMs),
    slabs: createSlabs(MEDIUM, maxBody),
    maxBody,
    setting,
  };
  const unpacking = createUnpacking();
  return {
    async read(request) {
      const received = await receive(request, options);
      const coding = codingOf(request.headers['content-encoding']);
      if (!isBody(received) || coding === undefined) return received;
      try {
        return await unpackBody(coding, received, request, options, unpacking);
      } finally {
        received.release();
      }
    },
  };
}

const GONE: Answer = {
  status: undefined,
  text: '',
  refusal: { reason: 'broken_off', what: 'a request that broke off in its body' },
};

// Falco's status and text.
const tooLarge = (setting: string): Answer => ({
  status: 400,
  text: 'bad request: http: request body too large\n',
  refusal: { reason: 'too_large', what: `a body larger than ${setting}` },
});

const tooLargeUnpacked = (setting: string): Answer => ({
  status: 413,
  text: 'the body is too large when it is unpacked\n',
  refusal: { reason: 'too_large', what: `a packed body that holds more than ${setting}` },
});

const GAVE_WAY: Answer = {
  status: 503,
  text: 'too slow: others needed the room\n',
  headers: { 'Retry-After': '1', Connection: 'close' },
  refusal: { reason: 'no_room', what: 'the body that was under way longest, since others needed its room' },
};

function answerTo(failure: Failure, { setting }: Options): Answer {
  if (failure === 'too large') return tooLarge(setting);
  return failure === 'gave way' ? GAVE_WAY : noRoom('a body for which there was no room in memory');
}

async function receive(request: IncomingMessage, options: Options): Promise<Body | Answer> {
  const stated = request.headers['content-length'];
  const length = stated === undefined ? undefined : Number(stated);
  const from = request.socket.remoteAddress ?? '';
  // Until it is read, nothing is lost by asking whether it is still there.
  const dropping: { fail: () => void } = { fail: () => {} };
  const onDropped = (): void => dropping.fail();
  const collector = await createCollector({ ...options, length, from, onDropped });
  if (typeof collector === 'string') return answerTo(collector, options);
  if (request.destroyed) {
    collector.discard();
    return GONE;
  }
  return new Promise((resolve) => {
    const end = (outcome: Body | Answer): void => {
      request.off('data', onData).off('end', onEnd).off('close', onGone);
      if (!isBody(outcome)) collector.discard();
      resolve(outcome);
    };
    const onData = (chunk: Buffer): void => {
      const taken = collector.push(chunk);
      if (taken === true) return;
      if (typeof taken === 'string') {
        end(answerTo(taken, options));
        return;
      }
      request.pause();
      void taken.then((later) => (later === true ? request.resume() : end(answerTo(later, options))));
    };
    const onEnd = (): void => end(collector.finish());
    const onGone = (): void => end(GONE);
    dropping.fail = () => end(GAVE_WAY);
    request.on('data', onData).on('end', onEnd).on('close', onGone);
  });
}

async function unpackBody(
  coding: string,
  packed: Body,
  request: IncomingMessage,
  options: Options,
  unpacking: Unpacking,
): Promise<Body | Answer> {
  const from = request.socket.remoteAddress ?? '';
  let dropped = false;
  const onDropped = (): void => {
    dropped = true;
  };
  const collector = await createCollector({ ...options, length: undefined, from, onDropped });
  if (typeof collector === 'string') return answerTo(collector, options);
  const outcome = await fill(collector, coding, packed, unpacking);
  if (outcome === true && !dropped) return collector.finish();
  collector.discard();
  if (outcome === 'damaged') return damaged(coding);
  if (outcome === 'too large') return tooLargeUnpacked(options.setting);
  return answerTo(outcome === true ? 'gave way' : outcome, options);
}

function fill(collector: Collector, coding: string, packed: Body, { unpack }: Unpacking) {
  return unpack<Failure>(coding, packed.bytes, (chunk) => collector.push(chunk));
}

function damaged(coding: string): Answer {
  const what = `a body that is not ${coding}, as its Content-Encoding says`;
  return {
    status: 400,
    text: `the body is not ${coding}\n`,
    refusal: { reason: 'content_encoding', what },
  };
}
