// Sources as a program uses them: a file, folder, growing file, web hook or a source of one's own → alerts as they come.

import { bytesOf, fromBytes, toBytes } from '../bytes.js';
import { openSource as openAuditSource } from '../plugins/k8saudit/source.js';
import { payloadTexts } from '../sources/files/lines.js';
import { LARGEST_EVENT, type Source } from '../sources/source.js';
import type { RuleAlert } from './alert.js';
import type { Ruleset } from './rules.js';

export interface SourceOptions {
  /** Largest single event, bytes of compact JSON. Default: 4 MiB. */
  readonly maxEventSize?: number;
  /** Largest request body of a web hook and longest line of a file, bytes. Default: 12582912. */
  readonly maxBatchSize?: number;
  /** PEM file with private key and certificate chain, for https. */
  readonly certificate?: string;
  /** PEM file with the authorities whose client certificates are let in; https only. */
  readonly clientAuthority?: string;
  /** File with the token that requests to a web hook must bring. */
  readonly tokenFile?: string;
  /** File that remembers the place in a followed file over restarts. */
  readonly checkpoint?: string;
  /** Hears what goes wrong with single lines and requests. */
  readonly onLog?: (message: string) => void;
}

/**
 * Opens a source of audit events: a path (file, folder or named pipe, read once), `-` (standard input), `file:///path`
 * (a file that grows), `http://[host]:port/path` or `https://…` (web hook for API servers).
 * Errors: SourceError, also while it is read.
 */
export function openSource(from: string, options: SourceOptions = {}): Promise<Source> {
  const { maxEventSize = LARGEST_EVENT, maxBatchSize = 12_582_912, certificate = '', onLog } = options;
  const bytes = (text: string | undefined) => (text === undefined ? undefined : toBytes(text));
  return openAuditSource(toBytes(from), {
    name: 'k8s_audit',
    plugin: 'k8saudit',
    maxEventSize,
    webhookMaxBatchSize: maxBatchSize,
    sslCertificate: toBytes(certificate),
    own: {
      clientAuthority: bytes(options.clientAuthority),
      tokenFile: bytes(options.tokenFile),
      checkpoint: bytes(options.checkpoint),
    },
    log: (_level, message) => onLog?.(fromBytes(message)),
  });
}

export interface WatchOptions {
  /** Ends it soon; what the source accepted before is still given. */
  readonly signal?: AbortSignal;
  /** Hears of payloads that hold no audit event. */
  readonly onFault?: (fault: string) => void;
}

/**
 * The alerts of a source as its events come. The source is told that a batch is done when the alert behind it is asked
 * for, so that after a crash events come again rather than not at all. Errors: SourceError.
 */
export async function* watch(
  source: Source,
  ruleset: Ruleset,
  options: WatchOptions = {},
): AsyncGenerator<RuleAlert> {
  const { signal = new AbortController().signal, onFault } = options;
  for await (const { payloads, position } of source.batches(signal)) {
    for (const text of payloads.flatMap(payloadTexts)) {
      const { alerts, faults } = ruleset.evaluate(bytesOf(text));
      for (const fault of faults) onFault?.(fault);
      yield* alerts;
    }
    await source.commit?.(position);
  }
}
