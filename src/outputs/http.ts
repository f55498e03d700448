// http output: one POST an alert (spec: cli-and-config.md §3.8).

import type { ByteString } from '../bytes.js';

/** Keys of `http_output`; defaults are filled in by whoever reads the configuration. */
export interface HttpOptions {
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
}
