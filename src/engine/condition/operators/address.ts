// IP addresses and networks as constants: text → bytes (4 or 16 chars), by the rules of inet_pton(3).
// Falco's ipaddr and ipnet types (spec: rules-language.md §2.2, §2.5).

import type { ByteString } from '../../../bytes.js';

/** A network: the bytes of its address, and how many leading bits count. */
export interface IpNet {
  readonly address: ByteString;
  readonly bits: number;
}

/** Four decimal numbers without leading zeros → 4 bytes; undefined if the text is anything else. */
export function parseIpv4(text: ByteString): ByteString | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let bytes = '';
  for (const part of parts) {
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bytes += String.fromCharCode(Number(part));
  }
  return bytes;
}

/** RFC 4291 text, with `::` and a dotted tail allowed, without a zone → 16 bytes; undefined if it is anything else. */
export function parseIpv6(text: ByteString): ByteString | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? groups(halves[1]!, true) : '';
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return head + '\0'.repeat(missing) + tail;
}

// Colon-separated groups → bytes. Only the text's last group may be a dotted IPv4 address.
function groups(text: ByteString, last: boolean): ByteString | undefined {
  if (text === '') return '';
  const parts = text.split(':');
  let bytes = '';
  for (const [i, part] of parts.entries()) {
    if (part.includes('.')) {
      const tail = last && i === parts.length - 1 ? parseIpv4(part) : undefined;
      if (tail === undefined) return undefined;
      bytes += tail;
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
      const group = Number.parseInt(part, 16);
      bytes += String.fromCharCode(group >> 8, group & 0xff);
    }
  }
  return bytes;
}

/** Whether an address lies in a net; addresses of the other family never do. */
export function isInNet(address: ByteString, net: IpNet): boolean {
  if (address.length !== net.address.length) return false;
  const whole = net.bits >> 3;
  if (address.slice(0, whole) !== net.address.slice(0, whole)) return false;
  const rest = 8 - (net.bits & 7);
  return rest === 8 || address.charCodeAt(whole) >> rest === net.address.charCodeAt(whole) >> rest;
}
