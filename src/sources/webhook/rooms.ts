// Memory for bodies, by their size: small ones never wait for large ones. In: how large a body may become, and who sends it.
// Out: a place, which is there at once, later, or not. Where a room is full, the body goes that has been under way longest,
// of the address that holds most there: whoever holds the last byte back makes room for those who do not.

/** A room takes bodies up to a size. */
export interface RoomOptions {
  /** Largest body, bytes. */
  readonly upTo: number;
  /** Bytes that bodies in it may have together. */
  readonly bytes: number;
  /** How long a body may be under way before it has to make room, milliseconds. */
  readonly graceMs: number;
}

export interface Admission {
  /** What the body may grow to, bytes. */
  readonly bytes: number;
  /** The body has come; it need not make room any more. */
  keep(): void;
  /** The body is done with. */
  leave(): void;
}

export interface Guest {
  /** Largest size of the body, bytes. */
  readonly bytes: number;
  /** Address of the sender. */
  readonly from: string;
  /** The place is gone: the body made room. */
  readonly onDropped: () => void;
}

export interface Rooms {
  /** A place in the smallest room that will do. undefined: there was none in time. */
  enter(guest: Guest): Admission | Promise<Admission | undefined>;
  /** Largest size in the room that a body of so many bytes is in. */
  upTo(bytes: number): number;
}

/**
 * @param rooms by size; the last one takes the largest body there is
 * @param patienceMs how long a body waits for a place
 */
export function createRooms(rooms: readonly RoomOptions[], patienceMs: number): Rooms {
  const open = rooms.map((options) => ({ options, room: createRoom(options, patienceMs) }));
  const fitting = (bytes: number) =>
    open.find(({ options }) => bytes <= options.upTo) ?? open[open.length - 1]!;
  return {
    enter: (guest) => fitting(guest.bytes).room(guest),
    upTo: (bytes) => fitting(bytes).options.upTo,
  };
}

interface UnderWay {
  readonly guest: Guest;
  readonly since: number;
}

interface Waiting {
  readonly guest: Guest;
  readonly settle: (place: Admission | undefined) => void;
}

function createRoom({ bytes: most, graceMs }: RoomOptions, patienceMs: number) {
  // Longest under way first.
  const underWay = new Set<UnderWay>();
  const waiting = new Set<Waiting>();
  let used = 0;
  // Whether bodies are being dropped, and whether their time is waited for.
  let making = false;
  let checking = false;

  function settleIn(guest: Guest): Admission {
    const { bytes } = guest;
    const entry = { guest, since: performance.now() };
    let here = true;
    used += bytes;
    underWay.add(entry);
    return {
      bytes,
      keep: () => void underWay.delete(entry),
      leave() {
        if (!here) return;
        here = false;
        underWay.delete(entry);
        used -= bytes;
        if (!making) admit();
      },
    };
  }

  function longestOfHeaviest(): UnderWay | undefined {
    const held = new Map<string, number>();
    for (const { guest } of underWay) held.set(guest.from, (held.get(guest.from) ?? 0) + guest.bytes);
    const largest = Math.max(...held.values());
    for (const entry of underWay) if (held.get(entry.guest.from) === largest) return entry;
    return undefined;
  }

  // Whether there is room; bodies whose time is over make it.
  function makeRoom(bytes: number): boolean {
    making = true;
    while (used + bytes > most) {
      const entry = longestOfHeaviest();
      const left = entry === undefined ? 0 : entry.since + graceMs - performance.now();
      if (entry === undefined || left > 0) {
        if (entry !== undefined) checkIn(left);
        break;
      }
      underWay.delete(entry);
      // Its sender gives the place back, now.
      entry.guest.onDropped();
    }
    making = false;
    return used + bytes <= most;
  }

  function checkIn(ms: number): void {
    if (checking) return;
    checking = true;
    const check = (): void => {
      checking = false;
      admit();
    };
    setTimeout(check, ms + 1).unref();
  }

  function admit(): void {
    for (const entry of waiting) {
      if (!makeRoom(entry.guest.bytes)) return;
      entry.settle(settleIn(entry.guest));
    }
  }

  return (guest: Guest): Admission | Promise<Admission | undefined> => {
    if (waiting.size === 0 && makeRoom(guest.bytes)) return settleIn(guest);
    return new Promise((resolve) => {
      const settle = (place: Admission | undefined): void => {
        clearTimeout(patience);
        waiting.delete(entry);
        resolve(place);
      };
      const entry = { guest, settle };
      const patience = setTimeout(settle, patienceMs, undefined);
      waiting.add(entry);
    });
  };
}
