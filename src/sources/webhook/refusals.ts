// What the web hook does not take: counted by reason for /tsfalco/metrics, and said in one line that names the path that
// is served. Whoever sets up auditing sees there why nothing arrives. Falco refuses in silence.

import type { ByteString } from '../../bytes.js';
import { createCalmLog } from '../calm-log.js';
import type { SourceLog, SourceMetric } from '../source.js';

/** Why, as the counter's label says it. */
const REASONS = [
  'path',
  'method',
  'content_type',
  'content_encoding',
  'token',
  'signature',
  'too_large',
  'no_event',
  'no_room',
  'overdue',
  'stopping',
  'broken_off',
  'too_slow',
  'headers',
  'malformed_http',
  'tls',
  'client_certificate',
  'connections',
] as const;
export type RefusalReason = (typeof REASONS)[number];

export interface Refusal {
  readonly reason: RefusalReason;
  /** Of the answer; undefined where there was none. */
  readonly status?: number | undefined;
  /** What came, or what is wrong with it; `POST for '/x'`. */
  readonly what: ByteString;
  /** Address of the sender. */
  readonly from: string | undefined;
}

export interface Refusals {
  refuse(refusal: Refusal): void;
  /** A body was taken. */
  accept(): void;
  series(): readonly SourceMetric[];
  /** Closing lines. */
  summary(): readonly string[];
}

export interface RefusalsOptions {
  /** Event source that rules name. */
  readonly source: string;
  /** Path that is served. */
  readonly path: ByteString;
  readonly log: SourceLog;
}

export function createRefusals({ source, path, log }: RefusalsOptions): Refusals {
  const calm = createCalmLog(log);
  const counts = new Map<RefusalReason, number>(REASONS.map((reason) => [reason, 0]));
  const served = `events are taken by POST at '${path}'${path.endsWith('/') ? ' and below' : ' only'}`;
  let accepted = 0;

  return {
    refuse({ reason, status, what, from }) {
      counts.set(reason, counts.get(reason)! + 1);
      const sender = plainAddress(from);
      const how = status === undefined ? 'refused' : `refused with ${status}`;
      // By sender, so that one who floods the log does not hide what another does wrong.
      calm('error', `${how}: ${what}, from ${sender}; ${served}`, `${reason} ${sender}`);
    },
    accept() {
      accepted++;
    },
    series: () => [
      counter('webhook_accepted_total', 'Bodies taken for evaluation.', { source }, accepted),
      ...REASONS.map((reason) =>
        counter(
          'webhook_refused_total',
          'Requests and connections refused.',
          { source, reason },
          counts.get(reason)!,
        ),
      ),
    ],
    summary() {
      const refused = [...counts].filter(([, count]) => count > 0);
      if (refused.length === 0) return [];
      return [
        `${source}: requests and connections refused: ${refused.map(([reason, count]) => `${reason} ${count}`).join(', ')}`,
      ];
    },
  };
}

function counter(name: string, help: string, labels: SourceMetric['labels'], value: number): SourceMetric {
  return { name: `tsfalco_${name}`, type: 'counter', help, labels, value };
}

/** An address as people write it: an IPv4 address that came by IPv6 is one. */
export function plainAddress(address: string | undefined): string {
  return address?.replace(/^::ffff:(?=\d+\.)/, '') ?? 'a sender that is gone';
}

const LONGEST_SHOWN = 100;

/** What a stranger sent, fit for a line of the log: short, and nothing in it but printable ASCII. */
export function shown(text: string): ByteString {
  const plain = text.replace(
    /[^\x20-\x7e]/g,
    (char) => `\\x${(char.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`,
  );
  return plain.length > LONGEST_SHOWN ? `${plain.slice(0, LONGEST_SHOWN)}...` : plain;
}
