// The files by which the web hook proves who it is and knows who may send: key and certificate, the authorities of
// clients, the token. Each is followed when it is renewed.

import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { ByteString } from '../../bytes.js';
import { systemPath } from '../files/input.js';
import { errorText, pathError } from '../go-error.js';
import { type Renewed, renewFromFiles } from '../renewed.js';
import { SourceError, type SourceLog } from '../source.js';

export interface SecretsOptions {
  /** PEM file with private key and certificate chain, for https. */
  readonly certificate: ByteString;
  /** PEM file with the authorities whose client certificates are let in; https only. */
  readonly clientAuthority?: ByteString | undefined;
  /** File with the token that requests must bring (`Authorization: Bearer …`). */
  readonly tokenFile?: ByteString | undefined;
  /** How often the files are looked at, milliseconds. */
  readonly renewMs?: number | undefined;
  readonly log: SourceLog;
}

/** What TLS needs. Errors: SourceError. */
export function readIdentity(
  { certificate, clientAuthority, renewMs: everyMs, log }: SecretsOptions,
  onChange: (identity: SecureContextOptions) => void,
): Promise<Renewed<SecureContextOptions>> {
  const make = async (): Promise<SecureContextOptions> => {
    const pem = await readText(certificate);
    const ca = clientAuthority === undefined ? undefined : await readText(clientAuthority);
    const identity: SecureContextOptions = { key: pem, cert: pem, minVersion: 'TLSv1.2', ...(ca && { ca }) };
    try {
      createSecureContext(identity);
    } catch (error) {
      throw new SourceError(`cannot use certificate and key in ${certificate}: ${errorText(error)}`, {
        cause: error,
      });
    }
    return identity;
  };
  const paths = [certificate, ...(clientAuthority === undefined ? [] : [clientAuthority])];
  return renewFromFiles({ paths, make, onChange, log, everyMs });
}

export interface Gate {
  /** Whether a request may come in, by its Authorization header. */
  allows(authorization: string | undefined): boolean;
  stop(): void;
}

/** Errors: SourceError. */
export async function createGate({ tokenFile, renewMs: everyMs, log }: SecretsOptions): Promise<Gate> {
  if (tokenFile === undefined) return { allows: () => true, stop: () => {} };
  const make = async (): Promise<Buffer> => {
    const token = (await readText(tokenFile)).trim();
    if (token === '') throw new SourceError(`no token in ${tokenFile}`);
    return hash(`Bearer ${token}`);
  };
  const expected = await renewFromFiles({ paths: [tokenFile], make, log, everyMs });
  return {
    allows: (authorization = '') => timingSafeEqual(hash(authorization), expected.current()),
    stop: expected.stop,
  };
}

// Hashes are compared, so that the time it takes says nothing about the token.
function hash(text: string): Buffer {
  return createHash('sha256').update(text, 'latin1').digest();
}

async function readText(path: ByteString): Promise<string> {
  try {
    return await readFile(systemPath(path), 'latin1');
  } catch (error) {
    throw new SourceError(pathError('open', path, error), { cause: error });
  }
}
