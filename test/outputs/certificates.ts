// Fresh certificates for tests of TLS, made by the openssl command.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** Certificate and key in one file. */
  readonly pem: string;
}

/** A self-signed certificate for localhost and 127.0.0.1; the paths of its files. */
export function makeCertificate(folder: string, name: string): Certificate {
  const [cert, key, pem] = ['crt', 'key', 'pem'].map((end) => join(folder, `${name}.${end}`)) as [
    string,
    string,
    string,
  ];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const make = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  execFileSync('openssl', [...make, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  writeFileSync(pem, readFileSync(key, 'latin1') + readFileSync(cert, 'latin1'));
  return { cert, key, pem };
}
