// In: severity and text. Out: datagrams at the local syslog socket, as glibc's syslog(3) words them: facility user,
// identity falco (spec: cli-and-config.md §3.6). Used by the operational log and by the syslog output; the only file
// that knows node-unix-socket: Node has no datagram sockets of the unix family, and that package sends from this
// process itself, with prebuilt binaries that come through the registry.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { DgramSocket } from 'node-unix-socket';
import type { ByteString } from './bytes.js';

export interface Syslog {
  /**
   * Sends one message; never throws. A missing socket is ignored, as syslog(3) does; other trouble is returned.
   * @param onLate hears of trouble that shows after the call
   */
  send(severity: number, text: ByteString, onLate?: (trouble: string) => void): string | undefined;
  /** Whether there is a socket to send to. */
  listening(): boolean;
  /** Resolves when the receiver has taken everything; it may be slow, and its queue is short. */
  drain(): Promise<void>;
}

const DEVICE = '/dev/log';
const FACILITY_USER = 1 << 3;
const IDENTITY = 'falco';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

type Load = () => { readonly DgramSocket: new () => DgramSocket };
const require = createRequire(import.meta.url);

/** A sender to the local syslog. The native part is loaded at the first message, where a socket exists. */
export function createSyslog(
  device = DEVICE,
  load: Load = () => require('node-unix-socket'),
  now = () => new Date(),
): Syslog {
  let fault: string | undefined;
  let socket: DgramSocket | undefined;
  let pending = 0;
  let drained: (() => void)[] = [];

  // The socket lives only while something is being sent, so that it never keeps the process from ending.
  function release(): void {
    if (pending > 0 || socket === undefined) return;
    socket.close();
    socket = undefined;
  }

  function open(): DgramSocket | undefined {
    if (socket !== undefined || fault !== undefined) return socket;
    try {
      socket = new (load().DgramSocket)();
      socket.on('error', () => {
        socket = undefined;
      });
      setImmediate(release);
    } catch (error) {
      fault = `no datagram sockets on this platform: ${firstLine(error)}`;
    }
    return socket;
  }

  return {
    listening: () => existsSync(device),
    send(severity, text, onLate) {
      if (!existsSync(device)) return undefined;
      const sender = open();
      if (sender === undefined) return fault;
      const data = Buffer.from(`<${FACILITY_USER | severity}>${stamp(now())} ${IDENTITY}: ${text}`, 'latin1');
      let failure: Error | undefined;
      let late = false;
      pending++;
      sender.sendTo(data, 0, data.length, device, (error) => {
        failure = error;
        if (late && error !== undefined) onLate?.(firstLine(error));
        if (--pending > 0) return;
        // A full receiver is waited for in the background; the socket goes when the last one is through.
        if (socket !== undefined) setImmediate(release);
        for (const resolve of drained) resolve();
        drained = [];
      });
      late = true;
      return failure === undefined ? undefined : firstLine(failure);
    },
    drain: () => (pending === 0 ? Promise.resolve() : new Promise((resolve) => drained.push(resolve))),
  };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}

// `Nov 23 07:05:37`, local time, the day padded with a blank.
function stamp(date: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const day = String(date.getDate()).padStart(2, ' ');
  return `${MONTHS[date.getMonth()]} ${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
