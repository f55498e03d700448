// Accepted bodies between the web hook and the pipeline: bounded in number here, in bytes by their places (rooms.ts). Out:
// portions, so that evaluating one does not take long and no body makes others wait: all small ones there are, and a
// part of a large one, in turn. A sender waits a while for room, then is told that there is none. Answers to the
// channel of 50 in k8saudit.

import type { Payload } from '../source.js';

/** A body that is accepted, as payloads; it is asked for the next one when the one before is dealt with. */
export interface Accepted {
  readonly bytes: number;
  readonly payloads: Iterator<Payload>;
  /** All of it is dealt with. */
  release(): void;
}

export interface BodyQueueOptions {
  /** Bodies that wait at most: so many small ones, and so many large ones. */
  readonly capacity: number;
  /** Largest of the small bodies, bytes. */
  readonly small: number;
  /** How long a body waits for room, milliseconds. */
  readonly patienceMs: number;
  /** Payloads are taken up to about so many bytes. */
  readonly portion: number;
}

export interface BodyQueue {
  /** Puts a body in. False: no room in time, or closed; it is released. */
  put(body: Accepted): Promise<boolean>;
  /** The next payloads, when there are any; undefined: closed and empty. What was taken before is dealt with. */
  take(): Promise<readonly Payload[] | undefined>;
  /** Nothing more is put in. */
  close(): void;
}

interface Waiting {
  readonly body: Accepted;
  readonly settle: (accepted: boolean) => void;
}

/** Bodies of one kind, and those that wait to be among them. */
interface Lane {
  readonly bodies: Accepted[];
  readonly waiting: Set<Waiting>;
}

export function createBodyQueue({ capacity, small, patienceMs, portion }: BodyQueueOptions): BodyQueue {
  const [smalls, larges] = [createLane(), createLane()];
  const done: Accepted[] = [];
  // What a body gives next, so that its end is known before.
  const ahead = new Map<Accepted, IteratorResult<Payload>>();
  let closed = false;
  let wakeTaker: (() => void) | undefined;

  function admit({ bodies, waiting }: Lane): void {
    for (const entry of waiting) {
      if (bodies.length >= capacity) return;
      bodies.push(entry.body);
      entry.settle(true);
    }
    wakeTaker?.();
  }

  function waitForRoom(lane: Lane, body: Accepted): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (accepted: boolean): void => {
        clearTimeout(timer);
        lane.waiting.delete(entry);
        if (!accepted) body.release();
        resolve(accepted);
      };
      const entry = { body, settle };
      const timer = setTimeout(settle, patienceMs, false);
      lane.waiting.add(entry);
    });
  }

  // A payload of the first body, which then stands last. One that has no more is done with when this payload is.
  function takeOf({ bodies }: Lane): Payload | undefined {
    const body = bodies.shift();
    if (body === undefined) return undefined;
    const payload = ahead.get(body) ?? body.payloads.next();
    const next: IteratorResult<Payload> = payload.done === true ? payload : body.payloads.next();
    ahead.delete(body);
    if (next.done === true) done.push(body);
    else {
      ahead.set(body, next);
      bodies.push(body);
    }
    return payload.done === true ? undefined : payload.value;
  }

  function takePortion(): readonly Payload[] {
    const payloads: Payload[] = [];
    let size = 0;
    while (smalls.bodies.length > 0 && size < portion) {
      const payload = takeOf(smalls);
      if (payload !== undefined) payloads.push(payload);
      size += payload?.length ?? 0;
    }
    const payload = takeOf(larges);
    if (payload !== undefined) payloads.push(payload);
    return payloads;
  }

  return {
    async put(body) {
      if (closed) {
        body.release();
        return false;
      }
      const lane = body.bytes <= small ? smalls : larges;
      if (lane.bodies.length >= capacity) return waitForRoom(lane, body);
      lane.bodies.push(body);
      wakeTaker?.();
      return true;
    },
    async take() {
      for (;;) {
        for (const body of done.splice(0)) body.release();
        admit(smalls);
        admit(larges);
        if (smalls.bodies.length + larges.bodies.length > 0) {
          const payloads = takePortion();
          if (payloads.length > 0) return payloads;
        } else if (closed) return undefined;
        else {
          await new Promise<void>((resolve) => (wakeTaker = resolve));
          wakeTaker = undefined;
        }
      }
    },
    close() {
      closed = true;
      for (const { settle } of [...smalls.waiting, ...larges.waiting]) settle(false);
      wakeTaker?.();
    },
  };
}

function createLane(): Lane {
  return { bodies: [], waiting: new Set() };
}
