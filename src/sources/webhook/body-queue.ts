// Request bodies between the web hook and the pipeline: bounded in number and in bytes. A sender waits a while for
// room, then is told that there is none, so that it sends again later. Answers to the channel of 50 in k8saudit.

import type { ByteString } from '../../bytes.js';

export interface BodyQueueOptions {
  /** Bodies that wait at most. */
  readonly capacity: number;
  /** Bytes of bodies, also of those still being received and of the batch being evaluated. */
  readonly maxBytes: number;
  /** How long a body waits for room, milliseconds. */
  readonly patienceMs: number;
  /** Bodies are taken in portions of about so many bytes, so that evaluating one does not take long. */
  readonly portion: number;
}

export interface BodyQueue {
  /** Counts bytes that arrive; false if there is no room for them. */
  hold(bytes: number): boolean;
  /** Gives held bytes back, for a body that is not put in. */
  release(bytes: number): void;
  /** Puts a body in whose bytes are held. False: no room in time, or closed; its bytes are released. */
  put(body: ByteString): Promise<boolean>;
  /** The next bodies, when there are any; undefined: closed and empty. What was taken before is dealt with. */
  take(): Promise<readonly ByteString[] | undefined>;
  /** Nothing more is put in. */
  close(): void;
}

interface Waiting {
  readonly body: ByteString;
  readonly settle: (accepted: boolean) => void;
}

export function createBodyQueue({ capacity, maxBytes, patienceMs, portion }: BodyQueueOptions): BodyQueue {
  const bodies: ByteString[] = [];
  const waiting = new Set<Waiting>();
  let held = 0;
  let taken = 0;
  let closed = false;
  let wakeTaker: (() => void) | undefined;

  function add(body: ByteString): void {
    bodies.push(body);
    wakeTaker?.();
  }

  function admit(): void {
    for (const entry of waiting) {
      if (bodies.length >= capacity) return;
      add(entry.body);
      entry.settle(true);
    }
  }

  function waitForRoom(body: ByteString): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (accepted: boolean): void => {
        clearTimeout(timer);
        waiting.delete(entry);
        if (!accepted) held -= body.length;
        resolve(accepted);
      };
      const entry = { body, settle };
      const timer = setTimeout(settle, patienceMs, false);
      waiting.add(entry);
    });
  }

  function takePortion(): readonly ByteString[] {
    let count = 0;
    while (count < bodies.length && (count === 0 || taken + bodies[count]!.length <= portion)) {
      taken += bodies[count++]!.length;
    }
    const portionOfBodies = bodies.splice(0, count);
    admit();
    return portionOfBodies;
  }

  return {
    hold(bytes) {
      if (held + bytes > maxBytes) return false;
      held += bytes;
      return true;
    },
    release(bytes) {
      held -= bytes;
    },
    async put(body) {
      if (closed) {
        held -= body.length;
        return false;
      }
      if (bodies.length >= capacity) return waitForRoom(body);
      add(body);
      return true;
    },
    async take() {
      held -= taken;
      taken = 0;
      while (bodies.length === 0) {
        if (closed) return undefined;
        await new Promise<void>((resolve) => (wakeTaker = resolve));
        wakeTaker = undefined;
      }
      return takePortion();
    },
    close() {
      closed = true;
      for (const { settle } of waiting) settle(false);
      wakeTaker?.();
    },
  };
}
