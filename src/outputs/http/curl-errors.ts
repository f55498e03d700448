// In: an error of node's network or TLS code. Out: libcurl's text for that kind of failure, which is what Falco logs.

import { type ByteString, toBytes } from '../../bytes.js';

const TEXTS: Readonly<Record<string, string>> = {
  URL_MALFORMAT: 'URL using bad/illegal format or missing URL',
  UNSUPPORTED_PROTOCOL: 'Unsupported protocol',
  CA_FILE: 'Problem with the SSL CA cert (path? access rights?)',
  CLIENT_CERT: 'Problem with the local SSL certificate',
  PROXY: "Couldn't resolve proxy name",
  PROXY_REFUSED: 'Failure when receiving data from the peer',
  ECONNREFUSED: "Couldn't connect to server",
  EHOSTUNREACH: "Couldn't connect to server",
  ENETUNREACH: "Couldn't connect to server",
  EADDRNOTAVAIL: "Couldn't connect to server",
  EACCES: "Couldn't connect to server",
  ENOTFOUND: "Couldn't resolve host name",
  EAI_AGAIN: "Couldn't resolve host name",
  ETIMEDOUT: 'Timeout was reached',
  ECONNRESET: 'Failure when receiving data from the peer',
  ECONNABORTED: 'Failure when receiving data from the peer',
  EPIPE: 'Failed sending data to the peer',
  EPROTO: 'SSL connect error',
};

// OpenSSL's reasons for refusing a certificate, as node names them.
const CERTIFICATE = /CERT|ISSUER|SIGNATURE|CRL|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED/;
const EMPTY_ANSWER = 'socket hang up';

/** The text behind `libcurl failed to perform call: `. */
export function curlText(error: unknown): ByteString {
  if (!(error instanceof Error)) return toBytes(String(error));
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (error.message === EMPTY_ANSWER) return 'Server returned nothing (no headers, no data)';
  const known = TEXTS[code];
  if (known !== undefined) return known;
  if (code.startsWith('HPE_')) return 'Weird server reply';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || (CERTIFICATE.test(code) && !code.startsWith('ERR_')))
    return 'SSL peer certificate or SSH remote key was not OK';
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) return 'SSL connect error';
  return toBytes(error.message.split('\n', 1)[0] ?? code);
}

/** An error with a code of the table. */
export function fault(code: string): Error {
  return Object.assign(new Error(code), { code });
}
