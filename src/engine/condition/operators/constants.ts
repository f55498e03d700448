// Constants of a condition: text → value of the type that the left side has, or Falco's message of why not.
// Answers to libsinsp's value parser and its limits (spec: rules-language.md §2.2).

import type { ByteString } from '../../../bytes.js';
import type { FieldType } from '../../../fields/field.js';
import { type IpNet, parseIpv4, parseIpv6 } from './address.js';

/** CHARBUF: byte string; UINT64, RELTIME, ABSTIME: bigint; BOOL: boolean; IPADDR: its 4 or 16 bytes; IPNET: a net. */
export type Constant = ByteString | bigint | boolean | IpNet;

/** The parsed constant, or Falco's message. */
export type Parsed = { readonly value: Constant } | { readonly error: ByteString };

/** Longest string constant, in bytes. */
const MAX_STRING_BYTES = 255;

const MAX_UINT64 = 0xffff_ffff_ffff_ffffn;

export function parseConstant(text: ByteString, type: FieldType): Parsed {
  if (text.includes('\0')) return { error: 'filter error: filter value cannot contain a NUL byte (\\x00)' };
  switch (type) {
    case 'CHARBUF':
      return parseString(text);
    case 'UINT64':
    case 'RELTIME':
    case 'ABSTIME':
      return parseNumber(text);
    case 'BOOL':
      if (text === 'true' || text === 'false') return { value: text === 'true' };
      return { error: `filter error: unrecognized boolean value ${text}` };
    case 'IPADDR':
      return parseAddress(text);
    case 'IPNET':
      return parseNet(text);
  }
}

function parseString(text: ByteString): Parsed {
  if (text.length <= MAX_STRING_BYTES) return { value: text };
  const error = `filter parameter too long (used=${text.length + 1}, available=${MAX_STRING_BYTES + 1}):${text}`;
  return { error };
}

/** As scanf("%lu") reads it: white space and a sign first, negative numbers wrap, too large ones saturate. */
function parseNumber(text: ByteString): { readonly value: bigint } | { readonly error: ByteString } {
  const match = /^[ \t\n\v\f\r]*([+-]?)([0-9]+)$/.exec(text);
  if (match === null) return { error: `${text} is not a valid number` };
  // No 64-bit number has more digits; the rest need not be computed.
  const digits = match[2]!.replace(/^0+(?=[0-9])/, '');
  const magnitude = digits.length > 20 ? MAX_UINT64 + 1n : BigInt(digits);
  if (magnitude > MAX_UINT64) return { value: MAX_UINT64 };
  return { value: BigInt.asUintN(64, match[1] === '-' ? -magnitude : magnitude) };
}

function parseAddress(text: ByteString): Parsed {
  const v4 = text.includes('.');
  const address = v4 ? parseIpv4(text) : parseIpv6(text);
  if (address !== undefined) return { value: address };
  return { error: `unrecognized IPv${v4 ? 4 : 6} address ${text}` };
}

function parseNet(text: ByteString): Parsed {
  const v4 = text.includes('.');
  const slash = text.indexOf('/');
  if (slash < 0) return { error: v4 ? `unrecognized IP network ${text}` : `invalid v6 netmask: ${text}` };
  const address = v4 ? parseIpv4(text.slice(0, slash)) : parseIpv6(text.slice(0, slash));
  if (address === undefined) return { error: `unrecognized ${v4 ? 'IP' : 'IPv6'} address ${text}` };
  // Upstream reads one line, and only the low byte of the number.
  const mask = text.slice(slash + 1).split('\n', 1)[0]!;
  const parsed = parseNumber(mask);
  if ('error' in parsed) return parsed;
  const bits = Number(parsed.value & 0xffn);
  if (v4 ? bits > 32 : bits === 0 || bits > 128) {
    return { error: v4 ? `invalid netmask ${mask}` : `invalid v6 netmask ${mask}` };
  }
  return { value: { address, bits } };
}
