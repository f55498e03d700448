// What outputs can be told. Types only; a leaf. The configuration fills them in (spec: cli-and-config.md §2.3, §3).
// All texts are byte strings, as configuration files hold them.

import type { ByteString } from '../bytes.js';
import type { KafkaKeys } from '../kafka/access.js';

/** `http_output` */
export interface HttpSettings {
  readonly url: ByteString;
  readonly userAgent: ByteString;
  readonly insecure: boolean;
  readonly caCert: ByteString;
  readonly caBundle: ByteString;
  readonly caPath: ByteString;
  readonly mtls: boolean;
  readonly clientCert: ByteString;
  readonly clientKey: ByteString;
  readonly echo: boolean;
  readonly compressUploads: boolean;
  readonly keepAlive: boolean;
  readonly maxConsecutiveTimeouts: number;
  /** `max_retry_seconds`, ours: how long an outage is waited for; undefined where it is not given. */
  readonly maxRetrySeconds?: number;
}

/** `kafka_output`, ours: Falco has none. */
export interface KafkaOutputSettings extends KafkaKeys {
  readonly topic: string;
  /** How long an outage is waited for; undefined where it is not given. */
  readonly maxRetrySeconds?: number;
}

/** Outputs that are switched on, and the queue before them. */
export interface OutputsSettings {
  /** `buffered_outputs`, after -U. */
  readonly buffered: boolean;
  /** `output_timeout`, milliseconds. */
  readonly timeoutMs: number;
  /** `outputs_queue.capacity`, messages; 0: unbounded. */
  readonly capacity: number;
  readonly stdout: boolean;
  readonly syslog: boolean;
  readonly file?: { readonly filename: ByteString; readonly keepAlive: boolean };
  readonly program?: { readonly program: ByteString; readonly keepAlive: boolean };
  readonly http?: HttpSettings;
  readonly kafka?: KafkaOutputSettings;
}
