// The connections of a server that every stranger can reach: a bounded number of them, in all and from one address. When
// there are too many, one goes that takes more than its share and has been idle longest; so newcomers are always let in.
// In: a server. Out: which connections may stay. Falco's servers know no bound.

import { isIPv6, type Server, type Socket } from 'node:net';

export interface ConnectionLimits {
  readonly most: number;
  readonly mostOfAddress: number;
  /** Hears of each connection that is closed to make room. @param limit the one that was reached */
  readonly onClosed?: (socket: Socket, limit: number) => void;
}

/** Connections that may wait to be let in: whoever opens many at once leaves room for others. The system has a bound of its own. */
export const BACKLOG = 4096;

export interface Connections {
  /** Something of use came on it: it is idle only from now on. It may be the TLS on top of a connection. */
  use(socket: Socket): void;
  /** Whether any byte ever came on it. */
  spoke(socket: Socket): boolean;
}

interface Entry {
  readonly socket: Socket;
  readonly address: string;
  /** When it was last of use, in turns. */
  turn: number;
}

/** Bounds the connections of a server, from before it listens. */
export function limitConnections(server: Server, limits: ConnectionLimits): Connections {
  const { most, mostOfAddress, onClosed } = limits;
  const entries = new Map<string, Entry>();
  // By address, idle longest first.
  const byAddress = new Map<string, Set<Entry>>();
  let turn = 0;

  function add(socket: Socket): Entry {
    const entry = { socket, address: groupOf(socket.remoteAddress ?? ''), turn: turn++ };
    entries.set(nameOf(socket), entry);
    const others = byAddress.get(entry.address);
    if (others === undefined) byAddress.set(entry.address, new Set([entry]));
    else others.add(entry);
    return entry;
  }

  function remove(name: string, entry: Entry): void {
    if (entries.get(name) === entry) entries.delete(name);
    const others = byAddress.get(entry.address);
    others?.delete(entry);
    if (others?.size === 0) byAddress.delete(entry.address);
  }

  // Of the addresses with most connections, the one whose first is idle longest.
  function heaviest(): Set<Entry> {
    let found = new Set<Entry>();
    for (const each of byAddress.values()) {
      const tie = each.size === found.size && first(each).turn < first(found).turn;
      if (each.size > found.size || tie) found = each;
    }
    return found;
  }

  function close(candidates: ReadonlySet<Entry>, limit: number): void {
    const entry = first(candidates);
    onClosed?.(entry.socket, limit);
    remove(nameOf(entry.socket), entry);
    entry.socket.destroy();
  }

  server.on('connection', (socket: Socket) => {
    const name = nameOf(socket);
    const entry = add(socket);
    socket.once('close', () => remove(name, entry));
    const own = byAddress.get(entry.address)!;
    if (own.size > mostOfAddress) close(own, mostOfAddress);
    else if (entries.size > most) close(heaviest(), most);
  });

  return {
    use(socket) {
      const entry = entries.get(nameOf(socket));
      const others = entry && byAddress.get(entry.address);
      if (entry === undefined || others === undefined) return;
      entry.turn = turn++;
      others.delete(entry);
      others.add(entry);
    },
    spoke: (socket) => (entries.get(nameOf(socket))?.socket ?? socket).bytesRead > 0,
  };
}

function first(entries: ReadonlySet<Entry>): Entry {
  const [entry] = entries;
  return entry!;
}

// The same for a connection and for the TLS on top of it.
function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

// Whoever has one IPv6 address has 2^64 of them: what counts is the network.
function groupOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const behind = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(Math.max(0, 8 - groups.length - behind.length)).fill('0');
  return [...groups, ...zeros, ...behind].slice(0, 4).join(':');
}
