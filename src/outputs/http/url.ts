// In: `http_output.url`. Out: the URL as libcurl understands it, and its parts as node's requests want them.

import { type ByteString, fromBytes } from '../../bytes.js';
import { fault } from './curl-errors.js';

/** Quotes around the whole are taken off; without a scheme it is http. Errors: Error with a code of curl-errors.ts. */
export function parseUrl(text: ByteString): URL {
  const bare = /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text;
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(bare) ? bare : `http://${bare}`;
  const url = URL.canParse(fromBytes(full)) ? new URL(fromBytes(full)) : undefined;
  if (url === undefined) throw fault('URL_MALFORMAT');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw fault('UNSUPPORTED_PROTOCOL');
  return url;
}

/** Without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}
