// How many alerts may wait in memory: bounded by their number and by their bytes, since an alert may hold as much of its
// event as a rule's author likes. Whoever brings too many waits for room, and in the end the source.

import type { Message } from '../output.js';

export interface Bounds {
  enter(messages: readonly Message[]): void;
  leave(messages: readonly Message[]): void;
  /** Messages that wait now. */
  waiting(): number;
  /** Resolves at once unless too many wait; then when half of them are gone. */
  room(): Promise<void>;
  /** Nobody waits for room any more. */
  open(): void;
}

interface Limits {
  readonly messages: number;
  readonly bytes: number;
}

const LIMITS: Limits = { messages: 4096, bytes: 8 * 1024 * 1024 };
/** Bytes that an output gets in one call, if that is more than one message. */
const PORTION_BYTES = 1024 * 1024;

export function createBounds(other: Partial<Limits> = {}): Bounds {
  const limits = { ...LIMITS, ...other };
  let waiting = 0;
  let bytes = 0;
  let opened = false;
  let wake: (() => void)[] = [];

  const within = (part: number): boolean =>
    opened || (waiting <= limits.messages * part && bytes <= limits.bytes * part);

  function release(): void {
    const woken = wake;
    wake = [];
    for (const each of woken) each();
  }

  return {
    enter(messages) {
      waiting += messages.length;
      bytes += bytesOf(messages);
    },
    leave(messages) {
      waiting -= messages.length;
      bytes -= bytesOf(messages);
      if (wake.length > 0 && within(1 / 2)) release();
    },
    waiting: () => waiting,
    room: () => (within(1) ? Promise.resolve() : new Promise((resolve) => wake.push(resolve))),
    open() {
      opened = true;
      release();
    },
  };
}

/** How many messages from a place on are one portion: at most so many, and at least one if there is one. */
export function portionAt(messages: readonly Message[], at: number, most: number): number {
  let count = 0;
  for (let bytes = 0; count < most && at + count < messages.length; count++) {
    bytes += messages[at + count]!.line.length;
    if (count > 0 && bytes > PORTION_BYTES) break;
  }
  return count;
}

/** The same messages with lines of their own: one put together from parts keeps the texts of whole events in memory. */
export function detached(messages: readonly Message[]): readonly Message[] {
  return messages.map((message) => ({
    ...message,
    line: Buffer.from(message.line, 'latin1').toString('latin1'),
  }));
}

function bytesOf(messages: readonly Message[]): number {
  let bytes = 0;
  for (const { line } of messages) bytes += line.length;
  return bytes;
}
