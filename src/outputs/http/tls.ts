// In: the certificate keys of http_output. Out: what node's TLS needs, read from disk. The first of ca_cert, ca_bundle
// and ca_path that says something wins, as in Falco's outputs_http.cpp.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { type ByteString, fromBytes } from '../../bytes.js';
import type { HttpSettings } from '../settings.js';

type TlsFilesSettings = Pick<
  HttpSettings,
  'insecure' | 'caCert' | 'caBundle' | 'caPath' | 'mtls' | 'clientCert' | 'clientKey'
>;

export interface TlsFiles {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string[];
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

const BUNDLE = 'ca-certificates.crt';
const CERTIFICATE_NAME = /\.(pem|crt|cer|\d+)$/;
const BEGIN = '-----BEGIN CERTIFICATE-----';

/** Errors: Error with code CA_FILE or CLIENT_CERT. */
export function readTlsFiles(options: TlsFilesSettings): TlsFiles {
  const client = options.mtls
    ? { cert: read(options.clientCert, 'CLIENT_CERT'), key: read(options.clientKey, 'CLIENT_CERT') }
    : {};
  if (options.insecure) return { rejectUnauthorized: false, ...client };
  const file = options.caCert || options.caBundle;
  const ca =
    file === '' ? readDirectory(fromBytes(options.caPath)) : [read(file, 'CA_FILE').toString('latin1')];
  return { rejectUnauthorized: true, ca, ...client };
}

function read(path: ByteString, code: string): Buffer {
  try {
    return readFileSync(fromBytes(path));
  } catch (cause) {
    throw Object.assign(new Error(code, { cause }), { code });
  }
}

// A directory of certificates; the bundle in it stands for all. Without any, the ones that come with node.
function readDirectory(path: string): string[] {
  const found = readText(join(path, BUNDLE)) ?? names(path).map((name) => readText(join(path, name)) ?? '');
  const texts = [found].flat().filter((text) => text.includes(BEGIN));
  return texts.length > 0 ? texts : [...rootCertificates];
}

function names(path: string): string[] {
  try {
    return readdirSync(path).filter((name) => CERTIFICATE_NAME.test(name));
  } catch {
    return [];
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
