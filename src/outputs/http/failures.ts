// In: an answer, or an error of node's network code. Out: why the alert is not delivered, in libcurl's words where it has
// some, and whether trying again may help.

import { toBytes } from '../../bytes.js';
import { printableText } from '../../printable.js';
import type { LossReason } from '../output.js';
import { curlText } from './curl-errors.js';

export interface Answer {
  readonly status: number;
  /** The words behind the status. */
  readonly reason: string;
  /** The header Retry-After. */
  readonly retryAfter: string | undefined;
}

export interface HttpFailure {
  /** A line for the log. */
  readonly text: string;
  readonly reason: LossReason;
  readonly again: boolean;
  readonly afterMs: number;
}

const TOO_MANY_REQUESTS = 429;
const LONGEST_REASON = 60;

const REASONS: Readonly<Record<string, LossReason>> = {
  ECONNREFUSED: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  PROXY_REFUSED: 'unreachable',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'broken',
  ECONNABORTED: 'broken',
  EPIPE: 'broken',
};

/** undefined: delivered. */
export function statusFailure({ status, reason, retryAfter }: Answer): HttpFailure | undefined {
  if (status >= 200 && status < 300) return undefined;
  const words = printableText(reason).slice(0, LONGEST_REASON);
  return {
    text: toBytes(`http: the receiver answered ${status}${words === '' ? '' : ` ${words}`}`),
    reason: 'status',
    again: status === TOO_MANY_REQUESTS || status >= 500,
    afterMs: retryAfterMs(retryAfter),
  };
}

export function callFailure(error: unknown): HttpFailure {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  const reason = REASONS[code];
  return {
    text: `libcurl failed to perform call: ${curlText(error)}`,
    reason: reason ?? (code.startsWith('HPE_') ? 'broken' : 'refused'),
    again: reason !== undefined,
    afterMs: 0,
  };
}

/** Seconds, or a date. */
function retryAfterMs(header: string | undefined): number {
  if (header === undefined) return 0;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const time = Date.parse(header);
  return Number.isNaN(time) ? 0 : Math.max(0, time - Date.now());
}
