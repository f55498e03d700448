// What a connection did wrong before there was a request: broken HTTP, headers that are too large or too slow, TLS.

import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { type ByteString, toBytes } from '../../bytes.js';
import { errorCode } from '../go-error.js';
import type { RefusalReason } from './refusals.js';

export interface ClientFault {
  readonly reason: RefusalReason;
  readonly what: ByteString;
  /** With its phrase; undefined: none, it speaks no HTTP yet. */
  readonly status?: readonly [code: number, phrase: string];
}

const TIMEOUTS = new Set(['ERR_HTTP_REQUEST_TIMEOUT', 'ERR_TLS_HANDSHAKE_TIMEOUT']);

/**
 * undefined: nothing to speak of; it is just gone, or waited in vain.
 * @param spoke whether any byte came on it
 */
export function clientFault(error: Error, socket: Duplex, spoke: boolean): ClientFault | undefined {
  const code = errorCode(error) ?? '';
  // A probe that opens the port is no fault of anybody.
  if (TIMEOUTS.has(code) && !spoke) return undefined;
  if (socket instanceof TLSSocket && socket.authorizationError) {
    const why = toBytes(String(socket.authorizationError));
    return { reason: 'client_certificate', what: `client certificate refused: ${why}` };
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') return undefined;
  if (code === 'HPE_HEADER_OVERFLOW') {
    const status = [431, 'Request Header Fields Too Large'] as const;
    return { reason: 'headers', what: 'headers too large', status };
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { reason: 'too_slow', what: 'a request that took too long', status: [408, 'Request Timeout'] };
  }
  if (code.startsWith('HPE_')) {
    return { reason: 'malformed_http', what: 'malformed HTTP', status: [400, 'Bad Request'] };
  }
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
  return { reason: 'tls', what: `bad TLS handshake: ${toBytes(reason)}` };
}
